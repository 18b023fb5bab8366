/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.batch.BatchKey;
import io.hookline.operator.internal.batch.Extent;
import io.hookline.operator.internal.budget.Losses;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is done with an event on its way; how far it has come is the pipeline's business. */
interface Engine {
    /**
     * Understands an event under those control events. On the task thread.
     *
     * @throws ProgramException when there is nothing to understand
     */
    Ask read(SourceEvent event, ControlSet controls) throws ProgramException;

    /**
     * Finds the model that it runs on, waiting for one that is on its way. On the task thread.
     *
     * @param controls those that it was understood under
     * @param meanwhile is told the event with its version when it has to wait for that one
     * @param then is told, once, what it runs on
     */
    void serve(Ask ask, ControlSet controls, Consumer<Ask> meanwhile, Consumer<Ask> then);

    /** Its model is needed once more, until it is done. On the task thread. */
    void hold(Ask ask);

    /** It needs its model no longer. On the task thread. */
    void done(Ask ask);

    /** Makes it ready to run. On any thread. */
    Plan plan(Ask ask);

    /**
     * Runs events together. On any thread.
     *
     * @param patient whether those wait whose plan has to be compiled first, else they are left
     */
    Batch run(List<Ready> batch, boolean patient);

    /**
     * What became of events that ran together.
     *
     * @param turns in the order of the events
     * @param positions of all prompts that ran, padding included
     * @param padding how many of these were no text
     * @param structures the most that events of one pass brought into its plan, 0 where nobody
     *     counted
     */
    record Batch(List<Turn> turns, long positions, long padding, int structures) {
        public Batch {
            turns = List.copyOf(turns);
        }
    }

    /** What became of one of them. */
    sealed interface Turn {}

    /** It ran. */
    record Ended(Outputs outputs) implements Turn {}

    /**
     * It has not begun: its plan is being compiled.
     *
     * @param plan is done when it is worth another try
     */
    record Waits(CompletableFuture<Void> plan) implements Turn {}

    /** What steps of events on the model of that one are made in. On any thread. */
    Stepping stepping(Ready first);

    /** Events on one model that make their steps together. Used by one thread at a time. */
    interface Stepping extends AutoCloseable {
        /** Takes an event in. */
        void join(long ticket, Ready event);

        /** Takes an event out, if it is here. */
        void leave(long ticket);

        /**
         * Takes events one step further.
         *
         * @param patient whether those wait whose plan has to be compiled first, else they stay
         *     where they are
         */
        Step step(boolean patient);

        /** Rows that are on their way. */
        int rows();

        /** Gives up what is on its way; idempotent. */
        @Override
        void close();
    }

    /**
     * A step of those events that could make one.
     *
     * @param plan when there was none: is done when it is worth another try
     */
    record Step(List<Stepped> events, Optional<CompletableFuture<Void>> plan) {
        public Step {
            events = List.copyOf(events);
        }
    }

    /**
     * What a step of one event came to.
     *
     * @param outputs those that came with it; of a dead letter nothing else
     * @param ended whether they were the last
     */
    record Stepped(long ticket, Outputs outputs, boolean ended) {}

    /**
     * An output of an event as it may leave at that time, or empty when it may not. On the task
     * thread.
     *
     * @param losses what the event has lost so far
     */
    Optional<Envelope> leaving(Envelope envelope, Ask ask, Losses losses, long now);

    /** The outputs of an event that can't be run. On any thread. */
    Outputs refuse(SourceEvent event, Optional<Ask> ask, List<Problem> problems);

    /** What planning came to. */
    sealed interface Plan {}

    /**
     * It can run together with others of the same key.
     *
     * @param sequence in which its outputs are to leave
     */
    record Ready(Ask ask, PlannedTrace trace, BatchKey key, Way way, OutputSequence sequence)
            implements Plan {
        /** How it runs. */
        enum Way {
            /** In a batch, from its beginning to its end. */
            BATCH,
            /** Step by step with others that come and go. */
            STEPS
        }

        int rows() {
            return trace.rows().size();
        }

        /** The room that its prompts take. */
        Extent extent() {
            return Extent.of(trace);
        }

        /** The same event, which has come that far before. */
        Ready from(Progress progress) {
            boolean known = progress.generated().size() == rows();
            PlannedTrace again = known ? trace.replaying(progress.generated()) : trace;
            // Only a batch knows the sequence in which outputs used to leave.
            Way how = progress.sequence() == OutputSequence.BY_STEP ? way : Way.BATCH;
            return new Ready(ask, again, key, how, progress.sequence());
        }

        /** Where its activations go. */
        Set<Destination> destinations() {
            return trace.rows().stream()
                    .flatMap(row -> row.captures().stream())
                    .map(capture -> new Destination.Activations(capture.recordedAs()))
                    .collect(Collectors.toSet());
        }
    }

    /** It can't run. */
    record Refused(Outputs outputs) implements Plan {}
}
