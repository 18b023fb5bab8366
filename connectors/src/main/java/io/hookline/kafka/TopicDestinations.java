/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import io.hookline.schema.DestinationUnavailableException;
import io.hookline.schema.Destinations;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Destinations that are ready once they have their topics, which are made in the background, all
 * that are asked for at once in one request. The sink of the same settings in the same process
 * knows them from then on. While the brokers do not answer it tries again for {@code PATIENCE},
 * then the future fails with what they said last.
 */
public final class TopicDestinations implements Destinations {
    private static final Logger LOG = LoggerFactory.getLogger(TopicDestinations.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final KafkaSettings settings;
    private final Set<Destination> ready = ConcurrentHashMap.newKeySet();
    private final Executor background = endsWhenIdle();

    /** Destinations of a job with those settings. */
    public TopicDestinations(KafkaSettings settings) {
        this.settings = settings;
    }

    @Override
    public CompletableFuture<Void> prepare(Collection<? extends Destination> destinations) {
        if (ready.containsAll(destinations)) {
            return DONE;
        }
        return CompletableFuture.runAsync(() -> make(List.copyOf(destinations)), background);
    }

    private void make(List<Destination> destinations) {
        if (ready.containsAll(destinations)) {
            return;
        }
        try {
            makePatiently(destinations, System.nanoTime() + PATIENCE.toNanos());
        } catch (KafkaSetupException e) {
            if (e.isPassing()) {
                throw e;
            }
            throw new DestinationUnavailableException(String.valueOf(e.getMessage()), e);
        }
        ready.addAll(destinations);
    }

    private void makePatiently(List<Destination> destinations, long until) {
        while (true) {
            try {
                PartitionCounts.of(settings).make(destinations);
                return;
            } catch (KafkaSetupException e) {
                if (!e.isPassing() || System.nanoTime() > until) {
                    throw e;
                }
                LOG.warn("topics are not made yet: {}", e.getMessage());
                pause(e);
            }
        }
    }

    private static void pause(KafkaSetupException reason) {
        try {
            TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    /** One daemon thread, while there is something to do. */
    private static Executor endsWhenIdle() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        work -> {
                            Thread thread = new Thread(work, "hookline-topics");
                            thread.setDaemon(true);
                            thread.setContextClassLoader(TopicDestinations.class.getClassLoader());
                            return thread;
                        });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
