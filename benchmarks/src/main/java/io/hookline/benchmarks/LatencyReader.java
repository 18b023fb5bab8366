/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads results as they are written, before they are committed, and how long each took: from the
 * Kafka timestamp of its event to its own.
 */
final class LatencyReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long read;

    LatencyReader(String brokers, String topic) {
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                brokers,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Milliseconds of each result that was written between the last call and this one. */
    List<Double> next() throws SchemaException {
        List<Double> latencies = new ArrayList<>();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                InvocationResult result =
                        AvroFraming.singleObject().decode(record.value(), InvocationResult.class);
                read++;
                latencies.add((double) record.timestamp() - result.getEventTime().toEpochMilli());
            }
        }
        return latencies;
    }

    /** How many results there were so far. */
    long read() {
        return read;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
