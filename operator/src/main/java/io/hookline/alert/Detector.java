/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.util.OptionalLong;

/**
 * What decides, from the values of one signal at one key in the order of their arrival, whether to
 * raise. It has no state of its own: what it remembers is handed in and out. A state that is
 * another detector's counts as none.
 *
 * <p>A value that is no number tells nothing: the verdict holds what was before. Averages and sums
 * do not see infinite values either; a limit on single values does.
 */
public sealed interface Detector permits Threshold, Ewma, ZScore, Cusum, PageHinkley, Rate, KOfN {
    /** The name in rules and alerts. */
    String wireName();

    /** What is remembered before the first value. */
    DetectorState start();

    /**
     * Takes the next value.
     *
     * @param time event time in epoch milliseconds; may lie before that of the last one
     */
    Verdict next(DetectorState state, double value, long time);

    /** The event time from which on {@link #at} may say something else without another value. */
    default OptionalLong due(DetectorState state) {
        return OptionalLong.empty();
    }

    /** What holds at that event time when no value has come. */
    default Verdict at(DetectorState state, long time) {
        return Verdict.of(state, Level.HELD, Double.NaN, Double.NaN);
    }
}
