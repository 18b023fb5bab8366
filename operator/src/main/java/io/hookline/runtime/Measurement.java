/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedSignal;
import io.hookline.program.Measure;

/**
 * One signal as it was measured.
 *
 * @param invocation index of the invocation in its trace
 * @param place where and in which pass
 * @param value in the unit of its kind
 * @param units of {@link Measure.TopUnits} the units, largest value first, else empty
 * @param unitValues the values of those units
 */
public record Measurement(
        PlannedSignal signal,
        int invocation,
        Place place,
        double value,
        int[] units,
        double[] unitValues) {
    /**
     * What went into the value.
     *
     * @param firstToken first position within the step
     * @param lastToken last position within the step, inclusive
     */
    public record Place(int step, int firstToken, int lastToken) {}
}
