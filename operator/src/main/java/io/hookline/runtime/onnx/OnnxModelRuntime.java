/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.plan.Structure;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.runtime.BatchRun;
import io.hookline.runtime.CaptureMemory;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.Decodings;
import io.hookline.runtime.Footprint;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PlanCounts;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A model in ONNX Runtime. Owns its sessions and its planner; closing waits for runs in progress.
 */
final class OnnxModelRuntime implements ModelRuntime {
    private final OnnxModelPlanner planner;
    private final OnnxPassEngine engine;
    private final StoreLease lease;
    private final BatchRun runs;
    private final Decodings decodings;
    private final Gate gate = new Gate();

    OnnxModelRuntime(OnnxModelPlanner planner, OnnxPassEngine engine, StoreLease lease) {
        this.planner = planner;
        this.engine = engine;
        this.lease = lease;
        this.runs = new BatchRun(engine, planner.info(), planner::decode);
        this.decodings = new Decodings(passes(), planner.info(), planner::decode);
    }

    @Override
    public ModelInfo info() {
        return planner.info();
    }

    @Override
    public PlannedTrace plan(Program program, InterventionFunctions functions)
            throws ProgramException {
        return planner.plan(program, functions);
    }

    @Override
    public PlannedTrace plan(
            ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals)
            throws ProgramException {
        return planner.plan(draft, functions, signals);
    }

    @Override
    public int[] encode(String text) {
        return planner.encode(text);
    }

    @Override
    public String decode(int[] tokens) {
        return planner.decode(tokens);
    }

    @Override
    public List<Problem> problems(SignalDefinition signal) {
        return planner.problems(signal);
    }

    @Override
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        return whileOpen(() -> runs.run(batch));
    }

    @Override
    public List<TraceOutcome> run(List<PlannedTrace> batch, CaptureMemory memory)
            throws RuntimeInferenceException {
        return whileOpen(() -> runs.run(batch, memory));
    }

    @Override
    public boolean pads() {
        return runs.pads();
    }

    @Override
    public Turns attempt(List<PlannedTrace> batch, double padding)
            throws RuntimeInferenceException {
        return whileOpen(() -> runs.attempt(batch, pads() ? padding : 0));
    }

    @Override
    public Turns attempt(List<PlannedTrace> batch, double padding, CaptureMemory memory)
            throws RuntimeInferenceException {
        return whileOpen(() -> runs.attempt(batch, pads() ? padding : 0, memory));
    }

    @Override
    public boolean decodes(PlannedTrace trace) {
        return decodings.accept(trace);
    }

    @Override
    public Decoding decoding(int maxAttempts) {
        return decodings.open(maxAttempts);
    }

    @Override
    public PlanCounts plans() {
        return engine.plans();
    }

    @Override
    public PassEngine passes() {
        return new PassEngine() {
            @Override
            public PassResult run(PassRequest request) throws RuntimeInferenceException {
                return whileOpen(() -> engine.run(request));
            }

            @Override
            public PassResult run(PassRequest request, PassCuts cuts)
                    throws RuntimeInferenceException {
                return whileOpen(() -> engine.run(request, cuts));
            }

            @Override
            public boolean isReady(Structure structure) {
                return engine.isReady(structure);
            }

            @Override
            public CompletableFuture<Void> prepare(Structure structure) {
                return engine.prepare(structure);
            }

            @Override
            public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
                return whileOpen(() -> engine.gather(rows));
            }
        };
    }

    @Override
    public Footprint footprint() {
        return engine.footprint();
    }

    private interface Running<T> {
        T run() throws RuntimeInferenceException;
    }

    private <T> T whileOpen(Running<T> running) throws RuntimeInferenceException {
        if (!gate.enter()) {
            throw new IllegalStateException("model '" + info().name() + "' is closed");
        }
        try {
            return running.run();
        } finally {
            gate.leave();
        }
    }

    @Override
    public void close() {
        if (gate.shut()) {
            engine.close();
            planner.close();
            lease.close();
        }
    }
}
