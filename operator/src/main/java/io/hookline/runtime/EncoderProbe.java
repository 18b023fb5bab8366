/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.StepSet;
import io.hookline.program.About;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.Prompt;
import io.hookline.program.Reduction;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether an encoder minds padding behind a text, by trying: a short text beside a long
 * one comes to what it comes to alone, but for rounding, or it doesn't (dynamically quantised
 * weights, attention without a mask). Decoders never share passes with padding. Thread-safe.
 */
final class EncoderProbe {
    private static final int LONG = 9;
    private static final int SHORT = 3;

    /** Differences that are rounding, as a share of the largest value. */
    private static final double ROUNDING = 1e-5;

    private final BatchRun runs;
    private final ModelInfo info;
    private @Nullable Boolean found;

    EncoderProbe(BatchRun runs, ModelInfo info) {
        this.runs = runs;
        this.info = info;
    }

    /** Whether texts of different lengths may share a pass; the first call runs two passes. */
    synchronized boolean mayPad() {
        Boolean before = found;
        if (before == null) {
            before = fits() && last().filter(this::isEqual).isPresent();
            found = before;
        }
        return before;
    }

    private boolean fits() {
        return !info.signature().causal()
                && info.signature().past().isEmpty()
                && info.signature().attentionMask().isPresent()
                && info.limits().maxPositions().orElse(Integer.MAX_VALUE) >= LONG;
    }

    /** The last hook point that has all positions. */
    private Optional<Site> last() {
        return info.tree().modules().stream()
                .map(Module::sites)
                .flatMap(List::stream)
                .filter(site -> site.layout() == Site.Layout.SEQUENCE)
                .max(Comparator.comparingInt(Site::order));
    }

    private boolean isEqual(Site site) {
        PlannedTrace shorter = trace(site, SHORT);
        try {
            List<TraceOutcome> padded = runs.padded(List.of(trace(site, LONG), shorter));
            List<TraceOutcome> alone = runs.run(List.of(shorter));
            return isClose(values(padded.get(1)), values(alone.get(0)));
        } catch (RuntimeInferenceException refused) {
            return false;
        }
    }

    private PlannedTrace trace(Site site, int length) {
        int[] tokens = tokens(length);
        PlannedCapture capture =
                new PlannedCapture(
                        "0",
                        site.point().module(),
                        site,
                        false,
                        StepSet.of(0),
                        new TokenSelector.All(),
                        new int[0],
                        new Reduction.None(),
                        ElementType.FLOAT32);
        PlannedRow row = new PlannedRow(tokens, List.of(), List.of(capture), Optional.empty());
        Prompt prompt = new Prompt.Tokens(Arrays.stream(tokens).boxed().toList());
        Program program =
                new Program(
                        About.nothing(),
                        List.of(),
                        List.of(new Invocation(Optional.empty(), prompt, List.of(), List.of())),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        LogitsRequest.NONE,
                        Optional.empty());
        return new PlannedTrace(program, List.of(row));
    }

    private int[] tokens(int count) {
        int vocabulary = info.limits().vocabulary();
        return IntStream.range(0, count).map(i -> (11 + 7 * i) % vocabulary).toArray();
    }

    private static Optional<FloatBuffer> values(TraceOutcome outcome) {
        return outcome instanceof TraceOutcome.Completed completed
                ? completed.rows().get(0).captures().stream()
                        .findFirst()
                        .map(Capture::data)
                        .map(ByteBuffer::asFloatBuffer)
                : Optional.empty();
    }

    private static boolean isClose(Optional<FloatBuffer> got, Optional<FloatBuffer> want) {
        if (got.isEmpty() || want.isEmpty() || got.get().limit() != want.get().limit()) {
            return false;
        }
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < want.get().limit(); i++) {
            largest = Math.max(largest, Math.abs(want.get().get(i)));
            apart = Math.max(apart, Math.abs((double) got.get().get(i) - want.get().get(i)));
        }
        return apart <= ROUNDING * largest;
    }
}
