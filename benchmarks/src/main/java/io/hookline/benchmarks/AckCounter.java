/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Counts the records of a topic that the brokers have, where a producer hears of it; of every topic
 * when none is named. Kafka makes it by its name, for consumers, too, which it leaves alone.
 */
public final class AckCounter
        implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {
    static final String TURNSTILE = "benchmark.turnstile";
    static final String TOPIC = "benchmark.topic";

    private Turnstile turnstile = new Turnstile();
    private Optional<String> topic = Optional.empty();

    @Override
    public void configure(Map<String, ?> configs) {
        turnstile = Turnstile.of(String.valueOf(configs.get(TURNSTILE)));
        topic = Optional.ofNullable(configs.get(TOPIC)).map(String::valueOf);
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null && topic.map(metadata.topic()::equals).orElse(true)) {
            turnstile.end();
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
