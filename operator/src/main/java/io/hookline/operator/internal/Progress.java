/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static java.util.Objects.requireNonNull;

import io.hookline.operator.internal.budget.Lost;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How far an event has come: which of its outputs have left the operator, and the tokens that what
 * is run again must come to once more.
 *
 * @param sequence in which its outputs leave
 * @param left how many have left, in that sequence, each chunk counted
 * @param generated tokens that were generated so far, by invocation
 * @param lost what a budget took of those that have left
 */
record Progress(OutputSequence sequence, int left, List<int[]> generated, Lost lost) {
    /** Nothing has happened. */
    static final Progress NONE = new Progress(OutputSequence.BY_STEP, 0, List.of(), Lost.NOTHING);

    Progress {
        requireNonNull(sequence, "sequence");
        generated = List.copyOf(generated);
        requireNonNull(lost, "lost");
    }

    /** New tokens of all invocations. */
    static int tokens(List<int[]> generated) {
        return generated.stream().mapToInt(tokens -> tokens.length).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Progress that
                && sequence == that.sequence
                && left == that.left
                && lost.equals(that.lost)
                && Arrays.deepEquals(generated.toArray(), that.generated.toArray());
    }

    @Override
    public int hashCode() {
        return Objects.hash(sequence, left, lost, Arrays.deepHashCode(generated.toArray()));
    }
}
