/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.runtime.BatchRun;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model in ONNX Runtime. Owns its sessions and its planner; closing waits for runs in progress.
 */
final class OnnxModelRuntime implements ModelRuntime {
    private final OnnxModelPlanner planner;
    private final OnnxPassEngine engine;
    private final StoreLease lease;
    private final BatchRun runs;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    OnnxModelRuntime(OnnxModelPlanner planner, OnnxPassEngine engine, StoreLease lease) {
        this.planner = planner;
        this.engine = engine;
        this.lease = lease;
        this.runs = new BatchRun(engine, planner.info(), planner::decode);
    }

    @Override
    public ModelInfo info() {
        return planner.info();
    }

    @Override
    public PlannedTrace plan(Program program) throws ProgramException {
        return planner.plan(program);
    }

    @Override
    public PlannedTrace plan(ProgramDraft draft) throws ProgramException {
        return planner.plan(draft);
    }

    @Override
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        return whileOpen(() -> runs.run(batch));
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
        };
    }

    private interface Running<T> {
        T run() throws RuntimeInferenceException;
    }

    private <T> T whileOpen(Running<T> running) throws RuntimeInferenceException {
        // Code inside a pass may run another: it must not queue behind who waits to close.
        if (!use.readLock().tryLock()) {
            use.readLock().lock();
        }
        try {
            if (closed) {
                throw new IllegalStateException("model '" + info().name() + "' is closed");
            }
            return running.run();
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                engine.close();
                planner.close();
                lease.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
