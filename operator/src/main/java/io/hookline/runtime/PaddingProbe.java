/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.About;
import io.hookline.program.Generation;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.Prompt;
import io.hookline.schema.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a model minds padding in front of a row's keys, by trying. Some do: those that
 * count positions by the length of the keys, and those whose attention looks for the text at the
 * beginning of the keys whatever the mask says. Thread-safe.
 */
final class PaddingProbe {
    private static final int LONG = 6;
    private static final int SHORT = 2;
    private static final int STEPS = 3;

    /** Differences in logits that are rounding, of numbers of 32 bits and of fewer. */
    private static final double ROUNDING = 1e-4;

    private static final double COARSE_ROUNDING = 2e-2;

    private final RowPasses passes;
    private final ModelInfo info;
    private @Nullable Boolean found;

    PaddingProbe(RowPasses passes, ModelInfo info) {
        this.passes = passes;
        this.info = info;
    }

    /** Whether rows of different lengths may share a pass; the first call runs a few passes. */
    synchronized boolean mayPad() {
        Boolean before = found;
        if (before == null) {
            before = fits() && isEqual(logits(true), logits(false));
            found = before;
        }
        return before;
    }

    private boolean fits() {
        return info.limits().maxPositions().orElse(Integer.MAX_VALUE) >= LONG + STEPS
                && info.signature().attentionMask().isPresent();
    }

    /** Of a short row beside a long one, with the same tokens whatever the model says. */
    private Optional<float[][]> logits(boolean padding) {
        try (DecodingRun run = run(padding)) {
            run.join(0, trace(LONG));
            run.join(1, trace(SHORT));
            for (int step = 0; step < STEPS - 1; step++) {
                run.step();
            }
            return run.step().stream()
                    .filter(advance -> advance.ticket() == 1)
                    .flatMap(advance -> advance.end().stream())
                    .map(Decoding.End::outcome)
                    .filter(TraceOutcome.Completed.class::isInstance)
                    .map(outcome -> ((TraceOutcome.Completed) outcome).rows().get(0).logits())
                    .findFirst();
        }
    }

    private DecodingRun run(boolean padding) {
        RowSteps.Sharing sharing = new RowSteps.Sharing(0, padding);
        return new DecodingRun(new RowSteps(passes, sharing), tokens -> "", 1);
    }

    private PlannedTrace trace(int length) {
        Generation greedy =
                new Generation(
                        STEPS,
                        Optional.of(List.of()),
                        0,
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty());
        Prompt prompt = new Prompt.Tokens(Arrays.stream(tokens(length)).boxed().toList());
        Program program =
                new Program(
                        About.nothing(),
                        List.of(),
                        List.of(new Invocation(Optional.empty(), prompt, List.of(), List.of())),
                        List.of(),
                        List.of(),
                        Optional.of(greedy),
                        LogitsRequest.LAST,
                        Optional.empty());
        PlannedRow row = new PlannedRow(tokens(length), List.of(), List.of(), Optional.empty());
        return new PlannedTrace(program, List.of(row), List.of(tokens(STEPS)));
    }

    private int[] tokens(int count) {
        int vocabulary = info.limits().vocabulary();
        return IntStream.range(0, count).map(i -> (11 + 7 * i) % vocabulary).toArray();
    }

    private boolean isEqual(Optional<float[][]> padded, Optional<float[][]> alone) {
        if (padded.isEmpty() || alone.isEmpty()) {
            return false;
        }
        boolean fine = info.signature().past().get(0).dtype() == ElementType.FLOAT32;
        double allowed = fine ? ROUNDING : COARSE_ROUNDING;
        return IntStream.range(0, alone.get().length)
                .allMatch(step -> isClose(padded.get()[step], alone.get()[step], allowed));
    }

    private static boolean isClose(float[] got, float[] want, double allowed) {
        double largest = 1;
        double apart = 0;
        for (int i = 0; i < want.length; i++) {
            largest = Math.max(largest, Math.abs(want[i]));
            apart = Math.max(apart, Math.abs((double) got[i] - want[i]));
        }
        return apart <= allowed * largest;
    }
}
