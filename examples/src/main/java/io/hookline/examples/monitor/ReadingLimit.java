/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the monitor from reading more activations than it should: pauses their partitions when a
 * second's share is used up, and leaves out what it falls behind with.
 */
final class ReadingLimit {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MAX_LAG = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Board board;
    private final long bytesPerSecond;
    private final List<TopicPartition> limited = new ArrayList<>();
    private long begun = System.nanoTime();
    private long bytes;
    private boolean paused;

    ReadingLimit(KafkaConsumer<byte[], byte[]> consumer, Board board, long bytesPerSecond) {
        this.consumer = consumer;
        this.board = board;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Takes in partitions that the consumer has got. */
    void follow(Map<TopicPartition, TopicKind> partitions) {
        partitions.forEach(
                (partition, kind) -> {
                    if (kind == TopicKind.ACTIVATIONS) {
                        limited.add(partition);
                    }
                });
    }

    void count(ConsumerRecord<byte[], byte[]> record, TopicKind kind) {
        if (kind == TopicKind.ACTIVATIONS) {
            bytes += Math.max(0, record.serializedValueSize());
        }
    }

    /** Pauses or goes on; to be called before each poll. */
    void apply() {
        if (System.nanoTime() - begun >= SECOND) {
            begun = System.nanoTime();
            // What one poll brings beyond a second's share is taken from the next one's.
            bytes = Math.max(0, Math.min(bytes, 2 * bytesPerSecond) - bytesPerSecond);
        }
        if (!paused && bytes >= bytesPerSecond) {
            consumer.pause(limited);
            paused = true;
        } else if (paused && bytes < bytesPerSecond) {
            limited.forEach(this::leaveOut);
            consumer.resume(limited);
            paused = false;
        }
    }

    private void leaveOut(TopicPartition partition) {
        OptionalLong lag = consumer.currentLag(partition);
        if (lag.isPresent() && lag.getAsLong() > MAX_LAG) {
            long skipped = lag.getAsLong() - TopicKind.ACTIVATIONS.backlog();
            consumer.seek(partition, consumer.position(partition) + skipped);
            board.skipped(partition.topic(), TopicKind.ACTIVATIONS, skipped);
        }
    }
}
