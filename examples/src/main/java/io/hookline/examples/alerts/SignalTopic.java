/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.alert.Observation;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.TopicRouting;
import io.hookline.schema.Destination;
import io.hookline.schema.Header;
import io.hookline.schema.Signal;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The signals that a topic holds now, in the order in which they were written. */
final class SignalTopic {
    private static final Map<String, String> CONSUMER =
            Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");

    private static final Duration POLL = Duration.ofMillis(500);

    private record Written(long time, Observation signal) {}

    private SignalTopic() {}

    /** Reads what is committed now. */
    static void read(KafkaSettings settings, Consumer<Observation> to) throws IOException {
        AvroFraming framing = settings.framing();
        List<Written> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings.connection().config(CONSUMER),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            String topic = new TopicRouting(settings.topics()).topic(new Destination.Signals());
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            if (partitions.isEmpty()) {
                throw new IOException("no topic '%s'".formatted(topic));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    all.add(new Written(record.timestamp(), observation(record, framing)));
                }
            }
        }
        all.sort(Comparator.comparingLong(Written::time));
        all.forEach(each -> to.accept(each.signal()));
    }

    private static Observation observation(
            ConsumerRecord<byte[], byte[]> record, AvroFraming framing) throws IOException {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(each -> headers.add(new Header(each.key(), each.value())));
        try {
            return Observation.of(framing.decode(record.value(), Signal.class), headers);
        } catch (SchemaException wrong) {
            throw new IOException(
                    "no signal at %s-%d@%d: %s"
                            .formatted(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    wrong.getMessage()),
                    wrong);
        }
    }
}
