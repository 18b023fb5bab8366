/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.List;
import java.util.function.Supplier;

/** A trace that is ready to run, once. */
public final class CompiledTrace {
    private final Tracer tracer;
    private final Interleaver interleaver;
    private final Supplier<Passes> passes;
    private boolean executed;

    CompiledTrace(Tracer tracer, Interleaver interleaver, Supplier<Passes> passes) {
        this.tracer = tracer;
        this.interleaver = interleaver;
        this.passes = passes;
    }

    /** What it was compiled from. */
    public Tracer tracer() {
        return tracer;
    }

    /** The blocks, in the order in which they are served: stored edits first. */
    public List<Mediator> mediators() {
        return interleaver.mediators();
    }

    /** The rows. */
    public Batcher batcher() {
        return interleaver.batcher();
    }

    /** What lets the blocks and the model take turns. */
    public Interleaver interleaver() {
        return interleaver;
    }

    /**
     * Runs the trace.
     *
     * @throws MediatorException when a block fails; nothing of the trace is kept then
     */
    public TraceResult execute() {
        if (executed) {
            throw new IllegalStateException("a compiled trace runs once");
        }
        executed = true;
        boolean kept = false;
        try (Passes open = passes.get()) {
            interleaver.run(open);
            kept = true;
        } finally {
            interleaver.release(kept, tracer.keepsAll());
        }
        return new TraceResult(interleaver);
    }
}
