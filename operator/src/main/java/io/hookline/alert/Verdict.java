/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * What a detector makes of one signal.
 *
 * @param state what it goes on with
 * @param statistic what was compared
 * @param threshold what it was compared with
 * @param counts whether this signal is one of those that speak for raising
 * @param since event time of the first signal that counts, in epoch milliseconds; empty for a
 *     detector that looks at one value at a time
 */
public record Verdict(
        DetectorState state,
        Level level,
        double statistic,
        double threshold,
        boolean counts,
        OptionalLong since) {
    public Verdict {
        requireNonNull(state, "state");
        requireNonNull(level, "level");
        requireNonNull(since, "since");
    }

    /** A verdict on one value alone. */
    static Verdict of(DetectorState state, Level level, double statistic, double threshold) {
        return new Verdict(
                state, level, statistic, threshold, level == Level.RAISED, OptionalLong.empty());
    }

    /** The same verdict by a detector that has watched something grow since then. */
    Verdict since(long time) {
        return new Verdict(state, level, statistic, threshold, counts, OptionalLong.of(time));
    }
}
