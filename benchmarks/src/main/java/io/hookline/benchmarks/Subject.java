/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.CaptureMemory;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.List;

/** A model and the batch that it runs over and over. */
record Subject(ModelRuntime runtime, Blocks blocks, Prompts prompts) {
    static Subject of(ModelRuntime runtime, Prompts.Size size) throws ProgramException {
        return new Subject(runtime, Blocks.of(runtime.info().tree()), Prompts.of(runtime, size));
    }

    boolean isDecoder() {
        return runtime.info().signature().logits().isPresent();
    }

    /**
     * The least that a program of this model reads: of a decoder the last position's logits, of an
     * encoder the last block at every token.
     */
    ProgramKit idle() {
        return isDecoder()
                ? ProgramKit.plain(LogitsRequest.LAST)
                : ProgramKit.plain(LogitsRequest.NONE)
                        .recording(
                                ProgramKit.outputs(
                                        List.of(blocks.outputs().get(blocks.count() - 1)),
                                        new TokenSelector.All()));
    }

    /** Makes the programs of the rows. */
    @FunctionalInterface
    interface OfRow {
        ProgramKit program(int row);
    }

    /** The whole batch, one trace for each row, planned. */
    List<PlannedTrace> planned(OfRow programs) throws ProgramException {
        List<PlannedTrace> batch = new ArrayList<>();
        for (Program program : programs(programs)) {
            batch.add(runtime.plan(program));
        }
        return List.copyOf(batch);
    }

    /** The whole batch, one program for each row. */
    List<Program> programs(OfRow programs) {
        return prompts.numbers().stream()
                .map(row -> programs.program(row).of(prompts.prompt(row)))
                .toList();
    }

    /** Runs a batch that was planned before. */
    Work work(OfRow programs) throws ProgramException {
        List<PlannedTrace> batch = planned(programs);
        return () -> run(batch);
    }

    /** Runs a batch that was planned before, each row with the same signals. */
    Work measuring(ProgramKit kit, List<SignalRequest> signals) throws ProgramException {
        List<PlannedTrace> batch = new ArrayList<>();
        for (Program program : programs(row -> kit)) {
            batch.add(runtime.plan(ProgramDraft.of(program), InterventionFunctions.NONE, signals));
        }
        return () -> run(batch);
    }

    /** Runs a batch that was planned before and encodes what it recorded. */
    Work encoding(ElementType dtype) throws ProgramException {
        ProgramKit all = idle().recording(ProgramKit.everything(dtype));
        List<PlannedTrace> batch = planned(row -> all);
        ActivationBytes bytes = new ActivationBytes(runtime.info());
        return () -> {
            try (CaptureMemory memory = new CaptureMemory()) {
                bytes.of(run(batch, memory));
            }
        };
    }

    /** Runs a batch; every trace of it has to come through. */
    List<TraceOutcome.Completed> run(List<PlannedTrace> batch) throws Exception {
        return completed(runtime.run(batch));
    }

    /** Runs a batch whose captures lie in that memory. */
    List<TraceOutcome.Completed> run(List<PlannedTrace> batch, CaptureMemory memory)
            throws Exception {
        return completed(runtime.run(batch, memory));
    }

    private static List<TraceOutcome.Completed> completed(List<TraceOutcome> outcomes) {
        List<TraceOutcome.Completed> completed = new ArrayList<>();
        for (TraceOutcome outcome : outcomes) {
            if (outcome instanceof TraceOutcome.Completed done) {
                completed.add(done);
            } else {
                throw new IllegalStateException("a trace did not run: " + outcome);
            }
        }
        return completed;
    }
}
