/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.HookPoint;
import io.hookline.program.Io;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputSequenceTest {
    private static RowOutcome row(int invocation, int... steps) {
        List<Capture> captures =
                java.util.Arrays.stream(steps)
                        .mapToObj(
                                step ->
                                        new Capture(
                                                "0",
                                                invocation,
                                                HookPoint.of("m", Io.OUTPUT),
                                                0,
                                                step,
                                                "post",
                                                "none",
                                                new int[] {0},
                                                ElementType.FLOAT32,
                                                new int[] {1},
                                                new byte[4]))
                        .toList();
        return new RowOutcome(new int[] {1}, new int[0], "", false, new float[0][], captures);
    }

    private static List<String> order(OutputSequence sequence) {
        return sequence.of(List.of(row(0, 0, 0, 1), row(1, 0, 1, 2))).stream()
                .map(capture -> capture.step() + "." + capture.invocation())
                .toList();
    }

    @Test
    void byStep_takesEachStepOfAllInvocations() {
        assertThat(order(OutputSequence.BY_STEP))
                .containsExactly("0.0", "0.0", "0.1", "1.0", "1.1", "2.1");
    }

    @Test
    void byInvocation_takesAllStepsOfEachInvocation() {
        assertThat(order(OutputSequence.BY_INVOCATION))
                .containsExactly("0.0", "0.0", "1.0", "0.1", "1.1", "2.1");
    }
}
