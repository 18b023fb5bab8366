/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The one broker of these tests, and plain clients of it. */
public final class TestKafka {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private TestKafka() {}

    /** Where the broker listens; the first call starts it. */
    public static String brokers() {
        return Holder.BROKER.bootstrapServers();
    }

    /** Sends one record and waits until the broker has it. */
    public static RecordMetadata send(String topic, String key, byte[] value) throws Exception {
        Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
            byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
            return producer.send(new ProducerRecord<>(topic, keyBytes, value)).get();
        }
    }

    public static RecordMetadata send(String topic, String key, String value) throws Exception {
        return send(topic, key, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads every topic that begins with the prefix, committed records only, until what was read is
     * enough; fails when it never is.
     */
    public static List<ConsumerRecord<byte[], byte[]>> read(
            String prefix, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        Map<String, Object> settings =
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
            Set<TopicPartition> assigned = new HashSet<>();
            while (!enough.test(records)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("only %d records came".formatted(records.size()));
                }
                if (assigned.addAll(partitions(consumer, prefix))) {
                    consumer.assign(assigned);
                }
                if (!assigned.isEmpty()) {
                    consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                }
            }
        }
        return records;
    }

    private static Set<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String prefix) {
        Set<TopicPartition> found = new HashSet<>();
        for (List<PartitionInfo> topic : consumer.listTopics().values()) {
            for (PartitionInfo partition : topic) {
                if (partition.topic().startsWith(prefix)) {
                    found.add(new TopicPartition(partition.topic(), partition.partition()));
                }
            }
        }
        return found;
    }

    private static final class Holder {
        static final BrokerProcess BROKER = start();

        private static BrokerProcess start() {
            Path jars = HooklineHome.find().root().resolve("examples/broker/target/broker");
            try {
                Path data = Files.createTempDirectory(Path.of("target"), "test-broker-");
                BrokerProcess broker = BrokerProcess.start(jars, data);
                Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
