/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads topics from their start, as any client of the job would: a plain consumer that sees what
 * was committed and nothing else.
 */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(500).toNanos();

    private final KafkaConsumer<String, byte[]> consumer;
    private final Predicate<String> topics;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private long looked;

    /**
     * A reader of every topic of those names, also of topics that come later.
     *
     * @param brokers {@code host:port}
     */
    TopicReader(String brokers, Predicate<String> topics) {
        this.topics = topics;
        Map<String, Object> settings =
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false);
        consumer =
                new KafkaConsumer<>(
                        settings, new StringDeserializer(), new ByteArrayDeserializer());
        look();
    }

    /** What was committed since the last call; waits a moment when there is nothing. */
    Iterable<ConsumerRecord<String, byte[]>> poll() throws InterruptedException {
        if (System.nanoTime() - looked > LOOK_AGAIN_NANOS) {
            look();
        }
        if (assigned.isEmpty()) {
            Thread.sleep(POLL.toMillis());
            return List.of();
        }
        return consumer.poll(POLL);
    }

    /** Whether everything that is committed now has been read. */
    boolean isAtEnd() {
        look();
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void look() {
        looked = System.nanoTime();
        List<TopicPartition> found = new ArrayList<>();
        for (Map.Entry<String, List<PartitionInfo>> topic : consumer.listTopics().entrySet()) {
            if (topics.test(topic.getKey())) {
                topic.getValue().stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .forEach(found::add);
            }
        }
        if (assigned.addAll(found)) {
            consumer.assign(assigned);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
