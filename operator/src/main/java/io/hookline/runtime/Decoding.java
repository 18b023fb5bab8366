/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Generations in progress that go on together, step by step. Traces join and leave between steps,
 * so that a short answer never waits for a long one, and each comes to what it comes to alone. Used
 * by one thread at a time.
 */
public interface Decoding extends AutoCloseable {
    /**
     * Takes a trace in; it runs its prompts with the next step.
     *
     * @param ticket tells it from the others that are here
     * @param trace one that {@link ModelRuntime#decodes} accepts
     */
    void join(long ticket, PlannedTrace trace);

    /** Takes a trace out whose outcome nobody wants any more; one that is not here is ignored. */
    void leave(long ticket);

    /**
     * Takes every trace one step further and says what each came to in it. What fails is tried
     * again in smaller parts, until the trace to blame is alone; that one is tried a few times,
     * then it ends as failed, and the others go on.
     */
    List<Advance> step();

    /**
     * The same for the traces whose plans are compiled; those of the others are compiled beside
     * whatever runs.
     */
    default Ready stepReady() {
        return new Ready(step(), Optional.empty());
    }

    /**
     * One step of the traces that could make one.
     *
     * @param plan when there was none: is done, never with a failure, when it is worth another try
     */
    record Ready(List<Advance> advances, Optional<CompletableFuture<Void>> plan) {
        public Ready {
            advances = List.copyOf(advances);
        }
    }

    /** Rows that are being generated. */
    int rows();

    /** Gives up whatever is in progress; idempotent. */
    @Override
    void close();

    /**
     * One step of one trace.
     *
     * @param captures what was recorded in it, invocation by invocation, in visit order
     * @param generated new tokens so far, by invocation
     * @param end how it ended, if it did
     */
    record Advance(long ticket, List<Capture> captures, List<int[]> generated, Optional<End> end) {
        public Advance {
            captures = List.copyOf(captures);
            generated = List.copyOf(generated);
        }
    }

    /**
     * The end of a trace.
     *
     * @param outcome of a completed one without captures, which were handed out step by step
     * @param attempts one more than the steps of it that failed and were tried again
     */
    record End(TraceOutcome outcome, int attempts) {}
}
