/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.ChunkAssembler;
import io.hookline.schema.codec.SchemaException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads activation records as any client would: committed ones only, by the published schema, each
 * whole. Starts at the oldest record, belongs to no consumer group, and is for one thread.
 */
public final class ActivationReader implements AutoCloseable {
    private static final Map<String, String> CONSUMER =
            Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");

    private static final long MAX_PENDING_BYTES = 256L << 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AvroFraming framing;
    private final ChunkAssembler chunks = new ChunkAssembler(MAX_PENDING_BYTES);
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Deque<ConsumerRecord<byte[], byte[]>> unread = new ArrayDeque<>();

    /** A reader of all partitions that some topics have now, in single-object encoding. */
    public ActivationReader(KafkaConnection connection, Collection<String> topics) {
        this(connection, topics, AvroFraming.singleObject());
    }

    /** A reader of all partitions that some topics have now. */
    public ActivationReader(
            KafkaConnection connection, Collection<String> topics, AvroFraming framing) {
        this.framing = framing;
        this.consumer =
                new KafkaConsumer<>(
                        connection.config(CONSUMER),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        try {
            topics.forEach(this::add);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * The next records, in the order of their partitions; chunks once they are complete.
     *
     * @throws SchemaException when a record is no activation record, naming its topic, partition
     *     and offset; the next call goes on behind it
     */
    public List<ActivationRecord> poll(Duration timeout) throws SchemaException {
        if (unread.isEmpty()) {
            consumer.poll(timeout).forEach(unread::add);
        }
        List<ActivationRecord> complete = new ArrayList<>();
        while (!unread.isEmpty()) {
            try {
                chunks.add(decode(unread.element())).ifPresent(complete::add);
            } catch (SchemaException e) {
                if (!complete.isEmpty()) {
                    return complete;
                }
                unread.remove();
                throw e;
            }
            unread.remove();
        }
        return complete;
    }

    /** Whether everything that is committed now has been read. */
    public boolean atEnd() {
        return unread.isEmpty()
                && consumer.endOffsets(partitions).entrySet().stream()
                        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void add(String topic) {
        consumer.partitionsFor(topic)
                .forEach(
                        partition ->
                                partitions.add(new TopicPartition(topic, partition.partition())));
    }

    private ActivationRecord decode(ConsumerRecord<byte[], byte[]> record) throws SchemaException {
        try {
            return framing.decode(record.value(), ActivationRecord.class);
        } catch (SchemaException e) {
            throw new SchemaException(
                    "%s-%d@%d: %s"
                            .formatted(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    e.getMessage()),
                    e);
        }
    }
}
