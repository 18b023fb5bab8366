/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Planner;
import io.hookline.plan.SignalRequest;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelPlanner;
import java.util.List;

/**
 * A described model with its tokenizer, if there is one, which it owns; closing waits for plans in
 * progress.
 */
final class OnnxModelPlanner implements ModelPlanner {
    private final ModelInfo info;
    private final TextCodec tokenizer;
    private final Planner planner;
    private final Gate gate = new Gate();

    OnnxModelPlanner(ModelInfo info, TextCodec tokenizer) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.planner =
                new Planner(
                        new Planner.Target(
                                info.name(), info.tree(), info.signature(), info.limits()),
                        tokenizer);
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public PlannedTrace plan(Program program, InterventionFunctions functions)
            throws ProgramException {
        return whileOpen(() -> planner.plan(program, functions));
    }

    @Override
    public PlannedTrace plan(
            ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals)
            throws ProgramException {
        return whileOpen(() -> planner.plan(draft, functions, signals));
    }

    @Override
    public List<Problem> problems(SignalDefinition signal) {
        return planner.problems(signal);
    }

    @Override
    public int[] encode(String text) {
        return whileOpen(() -> tokenizer.encode(text));
    }

    @Override
    public String decode(int[] tokens) {
        return whileOpen(() -> tokenizer.decode(tokens));
    }

    private interface Work<T, E extends Exception> {
        T run() throws E;
    }

    private <T, E extends Exception> T whileOpen(Work<T, E> work) throws E {
        if (!gate.enter()) {
            throw new IllegalStateException("model '" + info.name() + "' is closed");
        }
        try {
            return work.run();
        } finally {
            gate.leave();
        }
    }

    @Override
    public void close() {
        if (gate.shut()) {
            tokenizer.close();
        }
    }
}
