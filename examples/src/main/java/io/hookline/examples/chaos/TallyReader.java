/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import io.hookline.schema.codec.SchemaException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads all output topics with {@code read_committed}, on a thread of its own, into a tally. */
final class TallyReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Tally tally;
    private final String prefix;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean ending;
    private volatile long longestGapNanos;

    /** A reader of topics that are there. */
    TallyReader(String brokers, Tally tally) {
        this(brokers, tally, "");
    }

    /** A reader of topics whose names begin with that. */
    TallyReader(String brokers, Tally tally, String prefix) {
        this.tally = tally;
        this.prefix = prefix;
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                brokers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        bytes,
                        bytes);
        this.thread = new Thread(this::read, "tally");
        thread.setDaemon(true);
    }

    /** Looks which topics there are, and starts. */
    void start() {
        consumer.assign(
                consumer.listTopics().entrySet().stream()
                        .filter(topic -> isCounted(topic.getKey()))
                        .flatMap(topic -> topic.getValue().stream())
                        .map(TallyReader::partition)
                        .toList());
        thread.start();
    }

    private boolean isCounted(String topic) {
        return topic.startsWith(prefix) && Tally.counts(topic.substring(prefix.length()));
    }

    private static TopicPartition partition(PartitionInfo info) {
        return new TopicPartition(info.topic(), info.partition());
    }

    private void read() {
        try {
            long last = 0;
            while (!ending) {
                int before = tally.ended();
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    tally.enter(record.topic().substring(prefix.length()), record.value());
                }
                if (tally.ended() > before) {
                    long now = System.nanoTime();
                    longestGapNanos = Math.max(longestGapNanos, last == 0 ? 0 : now - last);
                    last = now;
                }
            }
        } catch (WakeupException closing) {
            // Somebody is done with it.
        } catch (SchemaException | RuntimeException e) {
            failure.set(e);
        } finally {
            consumer.close();
        }
    }

    /**
     * The longest time between two results while events flowed.
     *
     * @throws IllegalStateException when the topics can't be read
     */
    Duration longestGap() {
        requireReading();
        return Duration.ofNanos(longestGapNanos);
    }

    void requireReading() {
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("results can't be read", failed);
        }
    }

    @Override
    public void close() {
        ending = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
