/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a batch so that one bad event never takes others with it: a batch that fails as a whole is
 * halved until the event to blame is alone, and that one is tried a few times before it is given
 * up. Running out of memory, native or not, is such a failure, too: halves need less.
 */
final class BatchRunner {
    private final Engine engine;
    private final int maxAttempts;

    /** Runs traces; what {@link io.hookline.runtime.ModelRuntime#run} does. */
    interface Engine {
        List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException;
    }

    BatchRunner(Engine engine, int maxAttempts) {
        this.engine = engine;
        this.maxAttempts = maxAttempts;
    }

    /**
     * How a trace ended.
     *
     * @param attempts how often it ran, alone or with others
     */
    record Attempted(TraceOutcome outcome, int attempts) {}

    /** An outcome for each trace, in order. */
    List<Attempted> run(List<PlannedTrace> batch) {
        List<Attempted> outcomes = new ArrayList<>(batch.size());
        run(batch, 0, outcomes);
        return outcomes;
    }

    private void run(List<PlannedTrace> batch, int before, List<Attempted> outcomes) {
        if (batch.size() == 1) {
            outcomes.add(alone(batch, before));
            return;
        }
        try {
            attempt(batch).forEach(outcome -> outcomes.add(new Attempted(outcome, before + 1)));
        } catch (RuntimeInferenceException failed) {
            int half = batch.size() / 2;
            run(batch.subList(0, half), before + 1, outcomes);
            run(batch.subList(half, batch.size()), before + 1, outcomes);
        }
    }

    private Attempted alone(List<PlannedTrace> single, int before) {
        for (int attempt = 1; ; attempt++) {
            try {
                return new Attempted(attempt(single).get(0), before + attempt);
            } catch (RuntimeInferenceException failed) {
                if (attempt >= maxAttempts) {
                    TraceOutcome givenUp = TraceOutcome.Failed.givenUp(attempt, failed);
                    return new Attempted(givenUp, before + attempt);
                }
            }
        }
    }

    private List<TraceOutcome> attempt(List<PlannedTrace> batch) throws RuntimeInferenceException {
        List<TraceOutcome> outcomes;
        try {
            outcomes = engine.run(List.copyOf(batch));
        } catch (RuntimeException unexpected) {
            throw new RuntimeInferenceException(unexpected.toString(), unexpected, false);
        } catch (OutOfMemoryError tooLarge) {
            throw RuntimeInferenceException.of(tooLarge);
        }
        if (outcomes.size() != batch.size()) {
            throw new IllegalStateException(
                    "%d traces came to %d outcomes".formatted(batch.size(), outcomes.size()));
        }
        return outcomes;
    }
}
