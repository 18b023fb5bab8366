/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.alert.DetectorState.Hits;
import io.hookline.alert.DetectorState.Times;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Raises when at least k of the last n values lie beyond a limit: M-out-of-N detection, the binary
 * integrator of radar (M. I. Skolnik, "Introduction to radar systems", section on binary moving
 * window detectors). A value that is no number is one of the n and does not lie beyond.
 *
 * @param k from 1 to n
 */
public record KOfN(Bound bound, int k, int n) implements Detector {
    /** What a key remembers stays small. */
    static final int MOST = 10_000;

    public KOfN {
        requireNonNull(bound, "bound");
        if (k < 1 || k > n || n > MOST) {
            throw new IllegalArgumentException(
                    "k of n needs k from 1 to n and n of at most %d, got %d of %d"
                            .formatted(MOST, k, n));
        }
    }

    @Override
    public String wireName() {
        return "k_of_n";
    }

    @Override
    public DetectorState start() {
        return new Hits(0, new Times(new long[0]), new Times(new long[0]));
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        Hits before = state instanceof Hits own ? own : (Hits) start();
        long seen = before.seen() + 1;
        long[] places = before.places().values();
        int gone = 0;
        while (gone < places.length && places[gone] < seen - n) {
            gone++;
        }
        boolean hit = bound.isBeyond(value);
        long[] keptPlaces = kept(places, gone, hit, seen - 1);
        long[] keptTimes = kept(before.times().values(), gone, hit, time);
        return new Verdict(
                new Hits(seen, new Times(keptPlaces), new Times(keptTimes)),
                keptPlaces.length >= k ? Level.RAISED : Level.CLEAR,
                keptPlaces.length,
                k,
                hit,
                keptTimes.length == 0 ? OptionalLong.empty() : OptionalLong.of(keptTimes[0]));
    }

    private static long[] kept(long[] values, int from, boolean more, long last) {
        long[] kept = Arrays.copyOfRange(values, from, values.length + (more ? 1 : 0));
        if (more) {
            kept[kept.length - 1] = last;
        }
        return kept;
    }
}
