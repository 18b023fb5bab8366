/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.ControlEntry;
import io.hookline.program.Problem;
import io.hookline.schema.Destination;
import io.hookline.schema.DestinationUnavailableException;
import io.hookline.schema.Destinations;
import io.hookline.schema.ErrorCode;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a task's records go, made ready before they exist. Belongs to the task thread. */
final class Outlets {
    private static final Logger LOG = LoggerFactory.getLogger(Outlets.class);

    private final Destinations destinations;
    private final Consumer<ThrowingRunnable<Exception>> taskThread;

    /**
     * @param taskThread runs something on the task thread, from any other
     */
    Outlets(Destinations destinations, Consumer<ThrowingRunnable<Exception>> taskThread) {
        this.destinations = destinations;
        this.taskThread = taskThread;
    }

    /** What {@link TaskThread#prepare} does. */
    void prepare(Collection<Destination> wanted, Consumer<Optional<Problem>> then) {
        CompletableFuture<Void> prepared = destinations.prepare(wanted);
        if (prepared.isDone() && !prepared.isCompletedExceptionally()) {
            then.accept(Optional.empty());
            return;
        }
        finish(
                prepared,
                failure ->
                        taskThread.accept(
                                () -> then.accept(Optional.ofNullable(problem(failure)))));
    }

    /** Begins with what the events of a policy will need. */
    void prepareFor(ControlEntry entry, PolicyModules modules) {
        if (entry instanceof ControlEntry.Policy policy) {
            finish(
                    destinations.prepare(modules.of(policy.body())),
                    failure -> {
                        if (failure != null) {
                            LOG.warn(
                                    "events under policy '{}' will be refused: {}",
                                    policy.name(),
                                    cause(failure).getMessage());
                        }
                    });
        }
    }

    /** Nothing waits for the future that {@code whenComplete} makes. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void finish(
            CompletableFuture<Void> prepared, Consumer<@Nullable Throwable> then) {
        prepared.whenComplete((nothing, failure) -> then.accept(failure));
    }

    /** What is wrong with the events; whatever is not their fault ends the task. */
    private static @Nullable Problem problem(@Nullable Throwable failure) {
        if (failure == null) {
            return null;
        }
        Throwable cause = cause(failure);
        if (cause instanceof DestinationUnavailableException) {
            return new Problem(ErrorCode.TOPIC_UNAVAILABLE, "", String.valueOf(cause.getMessage()));
        }
        throw new IllegalStateException("topics can't be made ready", cause);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }
}
