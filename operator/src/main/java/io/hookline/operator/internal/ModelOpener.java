/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hookline.operator.InvocationSettings;
import io.hookline.operator.internal.device.SlotDevices;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the models of a subtask and owns all that are open, so that none outlives it however it
 * ends. Thread-safe.
 */
final class ModelOpener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelOpener.class);
    private static final byte[] ONE_TOKEN =
            "{\"invocations\": [{\"tokens\": [0]}]}".getBytes(UTF_8);

    private final InvocationSettings settings;
    private final OpenModel.Sources sources;
    private final Function<ModelInfo, OutcomeWriter> writers;
    private final Set<ServedModel> open = new HashSet<>();
    private long opened;
    private boolean closed;

    /** What opening a model came to. */
    sealed interface Opened {
        /** It is there. */
        record Served(ServedModel model) implements Opened {}

        /** It is not, and why. */
        record Refused(Problem problem) implements Opened {}
    }

    /**
     * @param writers write what events on a model come to
     */
    ModelOpener(
            InvocationSettings settings,
            OpenModel.Sources sources,
            Function<ModelInfo, OutcomeWriter> writers) {
        this.settings = settings;
        this.sources = sources;
        this.writers = writers;
    }

    /**
     * Opens a model.
     *
     * @throws ModelLoadException when it can't be opened
     * @throws IOException when it can't be read
     */
    ServedModel open(ModelRequest request) throws IOException, ModelLoadException {
        long since = System.nanoTime();
        OpenModel model = OpenModel.open(request, sources);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        ModelRuntime runtime = model.lease().runtime();
        ServedModel served =
                new ServedModel(
                        model,
                        writers.apply(runtime.info()),
                        new ServedModel.Course(
                                settings.limits().maxAttempts(), settings.batching().maxPadding()),
                        new ServedModel.Birth(number(), millis));
        if (!own(served)) {
            served.release();
            throw new IllegalStateException("the task has ended, its models are closed");
        }
        return served;
    }

    /** Opens a model and makes sure that it runs; failure is an answer. */
    Opened tryOpen(ModelRequest request) {
        try {
            ServedModel model = open(request);
            List<Problem> problems = new ArrayList<>();
            try {
                check(model.runtime());
                return new Opened.Served(model);
            } catch (ModelLoadException refused) {
                problems.add(problem(refused.code(), refused.getMessage()));
            } catch (RuntimeException unexpected) {
                problems.add(problem(ErrorCode.INFERENCE_FAILED, unexpected.toString()));
            }
            release(model);
            return new Opened.Refused(problems.get(0));
        } catch (ModelLoadException refused) {
            return new Opened.Refused(problem(refused.code(), refused.getMessage()));
        } catch (IOException unreadable) {
            return new Opened.Refused(
                    problem(ErrorCode.UNKNOWN_MODEL, "it can't be read: " + unreadable));
        } catch (RuntimeException unexpected) {
            LOG.error("model {} can't be opened", request.model().path(), unexpected);
            return new Opened.Refused(problem(ErrorCode.UNSUPPORTED_MODEL, unexpected.toString()));
        }
    }

    private static Problem problem(ErrorCode code, @Nullable String reason) {
        return new Problem(code, "/body", String.valueOf(reason));
    }

    /** A model without modules has no hook points; one that can't run one token can't run any. */
    private static void check(ModelRuntime runtime) throws ModelLoadException {
        if (runtime.info().tree().modules().isEmpty()) {
            throw new ModelLoadException(
                    ErrorCode.UNSUPPORTED_MODEL, "no modules were found in its graph");
        }
        try {
            TraceOutcome outcome =
                    runtime.run(List.of(runtime.plan(ProgramReader.draft(ONE_TOKEN)))).get(0);
            if (outcome instanceof TraceOutcome.Failed failed) {
                throw new ModelLoadException(failed.code(), failed.message());
            }
        } catch (RuntimeInferenceException | ProgramException failed) {
            throw new ModelLoadException(
                    ErrorCode.INFERENCE_FAILED,
                    "it can't run one token: " + failed.getMessage(),
                    failed);
        }
    }

    private synchronized long number() {
        return opened++;
    }

    private synchronized boolean own(ServedModel model) {
        return !closed && open.add(model);
    }

    /** Lets go of a model that this opened. */
    void release(ServedModel model) {
        boolean own;
        synchronized (this) {
            own = open.remove(model);
        }
        if (own) {
            model.release();
        }
    }

    /** Leaves all of them, whatever happens to one. */
    private void leave(List<ServedModel> models) {
        Optional<RuntimeException> failure = Optional.empty();
        for (ServedModel model : models) {
            try {
                model.leave(settings.serving().keepWarm());
            } catch (RuntimeException failed) {
                failure.ifPresent(failed::addSuppressed);
                failure = Optional.of(failed);
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** Leaves every model warm for a restart, and the devices. */
    @Override
    public void close() {
        List<ServedModel> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(open);
            open.clear();
        }
        try (SlotDevices devices = sources.devices()) {
            LOG.debug("leaving {} models and {}", left.size(), devices);
            leave(left);
        }
    }
}
