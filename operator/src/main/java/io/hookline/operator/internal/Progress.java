/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.Arrays;
import java.util.List;

/**
 * How far the outputs of an event have left the operator, in the order in which they leave.
 *
 * @param step outputs of earlier steps have left; 0 where an event's outputs leave together
 * @param index of the outputs of that step the first so many have left
 * @param generated tokens that were generated so far, by invocation; what is run again must come to
 *     the same
 */
record Progress(int step, int index, List<int[]> generated) {
    /** Nothing has left. */
    static final Progress NONE = new Progress(0, 0, List.of());

    Progress {
        generated = List.copyOf(generated);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Progress that
                && step == that.step
                && index == that.index
                && Arrays.deepEquals(generated.toArray(), that.generated.toArray());
    }

    @Override
    public int hashCode() {
        return 31 * (31 * step + index) + Arrays.deepHashCode(generated.toArray());
    }
}
