/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;

/**
 * Runs a batch so that one bad event never takes others with it: a batch that fails as a whole is
 * halved until the event to blame is alone, and that one is tried a few times before it is given
 * up. Running out of memory, native or not, is such a failure, too: halves need less.
 */
final class BatchRunner {
    private final Engine engine;
    private final int maxAttempts;

    /** Runs traces. */
    interface Engine {
        /** What {@link io.hookline.runtime.ModelRuntime#run} does. */
        List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException;

        /** What {@link io.hookline.runtime.ModelRuntime#attempt} does. */
        default Turns attempt(List<PlannedTrace> batch) throws RuntimeInferenceException {
            return Turns.ended(run(batch));
        }
    }

    /**
     * What became of a batch.
     *
     * @param turns in the order of the traces
     * @param positions of all prompts that ran, padding included, as far as it is known
     * @param padding how many of these were no text
     * @param structures the most that events of one pass brought into its plan, 0 where nobody
     *     counted
     */
    record Ran(List<Turn> turns, long positions, long padding, int structures) {
        Ran {
            turns = List.copyOf(turns);
        }
    }

    /** What became of a trace. */
    sealed interface Turn {}

    /** It has not begun; its plan is being compiled. */
    record Waits(CompletableFuture<Void> plan) implements Turn {}

    BatchRunner(Engine engine, int maxAttempts) {
        this.engine = engine;
        this.maxAttempts = maxAttempts;
    }

    /**
     * How a trace ended.
     *
     * @param attempts how often it ran, alone or with others
     */
    record Attempted(TraceOutcome outcome, int attempts) implements Turn {}

    /** Runs the traces whose plans are compiled. After a failure plans are waited for. */
    Ran attempt(List<PlannedTrace> batch) {
        try {
            Turns turns = guarded(batch, engine::attempt, ran -> ran.each().size());
            return new Ran(
                    turns.each().stream().map(BatchRunner::turn).toList(),
                    turns.positions(),
                    turns.padding(),
                    turns.structures());
        } catch (RuntimeInferenceException failed) {
            List<Attempted> outcomes = new ArrayList<>(batch.size());
            recover(batch, new Failure(failed, 1), outcomes);
            return new Ran(List.copyOf(outcomes), 0, 0, 0);
        }
    }

    private static Turn turn(Turns.Turn turn) {
        return turn instanceof Turns.Waits waits
                ? new Waits(waits.plan())
                : new Attempted(((Turns.Ended) turn).outcome(), 1);
    }

    /** An outcome for each trace, in order. */
    List<Attempted> run(List<PlannedTrace> batch) {
        List<Attempted> outcomes = new ArrayList<>(batch.size());
        run(batch, 0, outcomes);
        return outcomes;
    }

    private void run(List<PlannedTrace> batch, int before, List<Attempted> outcomes) {
        try {
            outcomes(batch).forEach(outcome -> outcomes.add(new Attempted(outcome, before + 1)));
        } catch (RuntimeInferenceException failed) {
            recover(batch, new Failure(failed, before + 1), outcomes);
        }
    }

    /**
     * The last run of traces has failed.
     *
     * @param attempts of each so far
     */
    private record Failure(RuntimeInferenceException last, int attempts) {}

    private void recover(List<PlannedTrace> batch, Failure failure, List<Attempted> outcomes) {
        if (batch.size() == 1) {
            outcomes.add(alone(batch, failure));
            return;
        }
        int half = batch.size() / 2;
        run(batch.subList(0, half), failure.attempts(), outcomes);
        run(batch.subList(half, batch.size()), failure.attempts(), outcomes);
    }

    /** One that has failed alone. */
    private Attempted alone(List<PlannedTrace> single, Failure before) {
        Failure failure = before;
        for (int attempt = 1; attempt < maxAttempts; attempt++) {
            int attempts = failure.attempts() + 1;
            try {
                return new Attempted(outcomes(single).get(0), attempts);
            } catch (RuntimeInferenceException again) {
                failure = new Failure(again, attempts);
            }
        }
        TraceOutcome givenUp = TraceOutcome.Failed.givenUp(maxAttempts, failure.last());
        return new Attempted(givenUp, failure.attempts());
    }

    private List<TraceOutcome> outcomes(List<PlannedTrace> batch) throws RuntimeInferenceException {
        return guarded(batch, engine::run, List::size);
    }

    private interface Running<T> {
        T run(List<PlannedTrace> batch) throws RuntimeInferenceException;
    }

    /** Whatever is thrown is a failure of the run. */
    private static <T> T guarded(
            List<PlannedTrace> batch, Running<T> running, ToIntFunction<T> size)
            throws RuntimeInferenceException {
        T ran;
        try {
            ran = running.run(List.copyOf(batch));
        } catch (RuntimeException unexpected) {
            throw new RuntimeInferenceException(unexpected.toString(), unexpected, false);
        } catch (OutOfMemoryError tooLarge) {
            throw RuntimeInferenceException.of(tooLarge);
        }
        if (size.applyAsInt(ran) != batch.size()) {
            throw new IllegalStateException(
                    "%d traces came to %d outcomes".formatted(batch.size(), size.applyAsInt(ran)));
        }
        return ran;
    }
}
