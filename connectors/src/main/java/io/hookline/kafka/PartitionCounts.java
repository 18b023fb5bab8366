/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partition counts of the topics that a job writes, looked up again from time to time. Flink's own
 * look-up opens a producer for each topic and keeps its answer for ever. Safe for use by several
 * threads.
 */
final class PartitionCounts {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionCounts.class);

    /** Those that somebody in this process uses: all subtasks of a job share theirs. */
    private static final Map<KafkaSettings, WeakReference<PartitionCounts>> SHARED =
            new HashMap<>();

    private final KafkaSettings settings;
    private final TopicRouting routing;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicLong nextRefresh = new AtomicLong();
    private boolean known;

    PartitionCounts(KafkaSettings settings) {
        this.settings = settings;
        this.routing = new TopicRouting(settings.topics());
    }

    /** The counts that this process has for those settings; asks the brokers when it has none. */
    static PartitionCounts of(KafkaSettings settings) {
        PartitionCounts shared = shared(settings);
        shared.know();
        return shared;
    }

    private static synchronized PartitionCounts shared(KafkaSettings settings) {
        SHARED.values().removeIf(counts -> counts.get() == null);
        WeakReference<PartitionCounts> reference = SHARED.get(settings);
        PartitionCounts found = reference == null ? null : reference.get();
        if (found == null) {
            found = new PartitionCounts(settings);
            SHARED.put(settings, new WeakReference<>(found));
        }
        return found;
    }

    private synchronized void know() {
        if (!known) {
            refresh();
            known = true;
        }
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

    /** The number of partitions of a topic, when it is known already. */
    OptionalInt known(String topic) {
        Integer count = counts.get(topic);
        return count == null ? OptionalInt.empty() : OptionalInt.of(count);
    }

    /** Asks again about all topics of this job. */
    void refresh() {
        nextRefresh.set(later());
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            counts.putAll(admin.partitions(routing.pattern()));
        }
    }

    /**
     * Makes all topics that are missing, in one request, and waits until they are there.
     *
     * @throws KafkaSetupException naming those that cannot or must not be made
     */
    void make(Collection<? extends Destination> destinations) {
        List<TopicAdmin.Wanted> missing =
                destinations.stream()
                        .map(each -> Topics.output(settings, routing.topic(each), each))
                        .filter(wanted -> !counts.containsKey(wanted.name()))
                        .toList();
        if (!missing.isEmpty()) {
            try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
                counts.putAll(admin.ensure(missing, settings.creation()));
            }
        }
    }

    private int make(String topic, Destination destination) {
        LOG.info("topic '{}' was not there before its first record", topic);
        make(List.of(destination));
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
