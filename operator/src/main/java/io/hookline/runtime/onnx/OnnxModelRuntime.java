/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Planner;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.runtime.BatchRun;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model in ONNX Runtime. Owns its sessions and its tokenizer; closing waits for runs in progress.
 */
final class OnnxModelRuntime implements ModelRuntime {
    private final ModelInfo info;
    private final OnnxPassEngine engine;
    private final OnnxTokenizer tokenizer;
    private final Planner planner;
    private final BatchRun runs;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    OnnxModelRuntime(ModelInfo info, OnnxPassEngine engine, OnnxTokenizer tokenizer) {
        this.info = info;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.planner =
                new Planner(
                        new Planner.Target(
                                info.name(), info.tree(), info.signature(), info.limits()),
                        tokenizer);
        this.runs = new BatchRun(engine, info, tokenizer);
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public PlannedTrace plan(Program program) throws ProgramException {
        use.readLock().lock();
        try {
            checkOpen();
            return planner.plan(program);
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public PlannedTrace plan(ProgramDraft draft) throws ProgramException {
        use.readLock().lock();
        try {
            checkOpen();
            return planner.plan(draft);
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        use.readLock().lock();
        try {
            checkOpen();
            return runs.run(batch);
        } finally {
            use.readLock().unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("model '" + info.name() + "' is closed");
        }
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                engine.close();
                tokenizer.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
