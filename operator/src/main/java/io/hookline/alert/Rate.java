/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.alert.DetectorState.Times;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Counts values beyond a limit in a sliding window of event time, {@code (time - window, time]},
 * and raises when they are enough. The window ends at this value's time, or at that of the newest
 * one beyond the limit if that is later; what comes late counts where it belongs. The count that is
 * reported stops at {@code count}: no more is remembered.
 *
 * @param count at least 1
 * @param window in milliseconds
 */
public record Rate(Bound bound, int count, long window) implements Detector {
    /** What a key remembers stays small. */
    static final int MOST = 10_000;

    public Rate {
        requireNonNull(bound, "bound");
        if (count < 1 || count > MOST || window < 1) {
            throw new IllegalArgumentException(
                    "a rate needs a count from 1 to %d and a window of at least 1 ms, got %d and %d"
                            .formatted(MOST, count, window));
        }
    }

    @Override
    public String wireName() {
        return "rate";
    }

    @Override
    public DetectorState start() {
        return new Times(new long[0]);
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        long[] before = times(state);
        boolean hit = bound.isBeyond(value);
        long end = before.length == 0 ? time : Math.max(time, before[before.length - 1]);
        return verdict(hit ? with(before, time) : before, end, hit);
    }

    /** When the oldest value leaves the window. */
    @Override
    public OptionalLong due(DetectorState state) {
        long[] times = times(state);
        return times.length == 0 ? OptionalLong.empty() : OptionalLong.of(times[0] + window);
    }

    @Override
    public Verdict at(DetectorState state, long time) {
        return verdict(times(state), time, false);
    }

    private static long[] times(DetectorState state) {
        return state instanceof Times own ? own.values() : new long[0];
    }

    private Verdict verdict(long[] times, long end, boolean hit) {
        int from = 0;
        while (from < times.length && times[from] <= end - window) {
            from++;
        }
        from = Math.max(from, times.length - count);
        long[] kept = Arrays.copyOfRange(times, from, times.length);
        return new Verdict(
                new Times(kept),
                kept.length >= count ? Level.RAISED : Level.CLEAR,
                kept.length,
                count,
                hit,
                kept.length == 0 ? OptionalLong.empty() : OptionalLong.of(kept[0]));
    }

    private static long[] with(long[] times, long time) {
        int place = times.length;
        while (place > 0 && times[place - 1] > time) {
            place--;
        }
        long[] all = new long[times.length + 1];
        System.arraycopy(times, 0, all, 0, place);
        all[place] = time;
        System.arraycopy(times, place, all, place + 1, times.length - place);
        return all;
    }
}
