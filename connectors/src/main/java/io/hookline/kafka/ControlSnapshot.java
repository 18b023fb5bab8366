/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What is in force when a job starts without state: a control topic, read to its end.
 *
 * @param entries the newest control event of each key, in the order of the topic; none for keys
 *     whose value was deleted
 * @param nextOffset where the control source goes on
 */
public record ControlSnapshot(List<SourceEvent> entries, long nextOffset) {
    private static final Map<String, String> CONSUMER =
            Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PROGRESS_WITHIN = Duration.ofSeconds(60);

    public ControlSnapshot {
        entries = List.copyOf(entries);
    }

    /**
     * Reads the control topic from its beginning to the end that it has now.
     *
     * @throws KafkaSetupException when it cannot be read
     */
    public static ControlSnapshot read(KafkaSettings settings) {
        TopicPartition partition = new TopicPartition(settings.control().topic(), 0);
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings.connection().config(CONSUMER),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return read(consumer, partition, settings.control().format());
        } catch (KafkaException e) {
            throw new KafkaSetupException(
                    "control topic '%s' cannot be read: %s"
                            .formatted(partition.topic(), e.getMessage()),
                    e);
        }
    }

    private static ControlSnapshot read(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, EventFormat format) {
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        Map<Object, SourceEvent> newest = new LinkedHashMap<>();
        long deadline = System.nanoTime() + PROGRESS_WITHIN.toNanos();
        long before = -1;
        while (consumer.position(partition) < end) {
            long position = consumer.position(partition);
            if (position > before) {
                before = position;
                deadline = System.nanoTime() + PROGRESS_WITHIN.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new KafkaException("no answer after offset " + position);
            }
            consumer.poll(POLL).forEach(record -> add(record, format, newest));
        }
        return new ControlSnapshot(List.copyOf(newest.values()), consumer.position(partition));
    }

    private static void add(
            ConsumerRecord<byte[], byte[]> record,
            EventFormat format,
            Map<Object, SourceEvent> newest) {
        Object key = record.key() == null ? record.offset() : ByteBuffer.wrap(record.key());
        newest.remove(key);
        if (record.value() != null) {
            newest.put(key, EventDeserializer.event(record, format));
        }
    }
}
