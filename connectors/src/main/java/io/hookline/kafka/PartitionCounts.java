/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many partitions each topic has, as the brokers said not long ago.
 *
 * <p>Read all at once at the start, and again in the background every {@code
 * hookline.sink.partition-refresh}. A topic that nobody made before its first record is made here,
 * which holds up the caller. Keeps no client open between two questions.
 */
final class PartitionCounts {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionCounts.class);

    private final KafkaSettings settings;
    private final TopicRouting routing;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicLong nextRefresh = new AtomicLong();

    /** Asks the brokers, and waits for their answer. */
    PartitionCounts(KafkaSettings settings) {
        this.settings = settings;
        this.routing = new TopicRouting(settings.topics());
        refresh();
    }

    /**
     * The number of partitions of a destination's topic.
     *
     * @throws KafkaSetupException when the topic is missing and cannot or must not be made
     */
    int of(String topic, Destination destination) {
        long due = nextRefresh.get();
        if (System.nanoTime() - due > 0 && nextRefresh.compareAndSet(due, later())) {
            refreshInBackground();
        }
        Integer count = counts.get(topic);
        return count == null ? make(topic, destination) : count;
    }

    /** Asks again about all topics of this job. */
    void refresh() {
        nextRefresh.set(later());
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            counts.putAll(admin.partitions(routing.pattern()));
        }
    }

    private int make(String topic, Destination destination) {
        LOG.info("topic '{}' was not there before its first record", topic);
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            counts.putAll(
                    admin.ensure(
                            List.of(Topics.output(settings, topic, destination)),
                            settings.creation()));
        }
        Integer count = counts.get(topic);
        if (count == null) {
            throw new IllegalStateException("no partitions of topic '%s'".formatted(topic));
        }
        return count;
    }

    private void refreshInBackground() {
        Thread thread = new Thread(this::refreshOrKeep, "hookline-partition-counts");
        thread.setDaemon(true);
        thread.setContextClassLoader(PartitionCounts.class.getClassLoader());
        thread.start();
    }

    private void refreshOrKeep() {
        try {
            refresh();
        } catch (RuntimeException e) {
            LOG.warn("partition counts stay as they are: the brokers did not answer", e);
        }
    }

    private long later() {
        return System.nanoTime() + settings.sink().partitionRefresh().toNanos();
    }
}
