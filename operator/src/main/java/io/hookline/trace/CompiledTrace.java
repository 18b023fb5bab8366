/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.List;
import java.util.function.Supplier;

/** A trace that is ready to run, once. */
public final class CompiledTrace {
    private final Tracer tracer;
    private final Interleaver interleaver;
    private final Supplier<TraceResult> execution;
    private boolean executed;

    CompiledTrace(Tracer tracer, Interleaver interleaver, Supplier<TraceResult> execution) {
        this.tracer = tracer;
        this.interleaver = interleaver;
        this.execution = execution;
    }

    /** What it was compiled from. */
    public Tracer tracer() {
        return tracer;
    }

    /**
     * The blocks, none when the trace is data, in the order in which they are served: stored edits
     * first.
     */
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
        return execution.get();
    }

    @Override
    public String toString() {
        return "compiled %s, %s%s"
                .formatted(tracer, interleaver.batcher(), executed ? ", executed" : "");
    }
}
