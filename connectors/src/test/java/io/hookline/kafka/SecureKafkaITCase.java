/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Everything that talks to brokers, over TLS and with a password. */
@Timeout(180)
class SecureKafkaITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(TestCluster.of(1, 1));

    private static final List<Destination> RESULTS = List.of(new Destination.Results());
    private static final List<String> SECRETS =
            List.of(SecureBroker.PASSWORD, SecureBroker.STORE_PASSWORD);

    @TempDir static Path folder;

    @SuppressWarnings("NullAway.Init") // JUnit sets it before all else.
    private static SecureBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = SecureBroker.start(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void job_withTlsAndPassword_readsAndWritesAndLogsNoSecret() throws Exception {
        Map<String, String> options = broker.options(SecureBroker.PASSWORD);
        try (EverythingLogged log = EverythingLogged.open()) {
            KafkaSettings settings = KafkaSettings.from(Configuration.fromMap(options));
            Preflight.check(settings, RESULTS);
            send(settings, List.of("a", "b", "c"));
            assertThat(ControlSnapshot.read(settings).entries()).isEmpty();
            new TopicDestinations(settings)
                    .prepare(List.of(new Destination.Activations("late")))
                    .get(60, TimeUnit.SECONDS);
            run(settings);

            awaitNoAdminClient();
            assertThat(results(settings)).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(log.lines()).hasSizeGreaterThan(100);
            assertThat(log.lines()).allSatisfy(line -> assertThat(line).doesNotContain(SECRETS));
            assertThat(settings.toString()).doesNotContain(SECRETS).contains("sasl.jaas.config");
            assertThat(settings.connection().toString()).doesNotContain(SECRETS);
        }
    }

    @Test
    void job_withTheWrongPassword_isToldSoWithoutIt() {
        Map<String, String> options = new HashMap<>(broker.options("not-this-one"));
        try (EverythingLogged log = EverythingLogged.open()) {
            KafkaSettings settings = KafkaSettings.from(Configuration.fromMap(options));
            assertThatThrownBy(() -> Preflight.check(settings, RESULTS))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("Authentication failed")
                    .hasMessageNotContaining("not-this-one");
            assertThat(log.lines())
                    .allSatisfy(line -> assertThat(line).doesNotContain("not-this-one"));
        }
    }

    private static void run(KafkaSettings settings) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(
                new Configuration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200)));
        env.setParallelism(1);
        env.fromSource(
                        EventSource.eventsUntilNow(settings),
                        WatermarkStrategy.noWatermarks(),
                        "events")
                .map(SecureKafkaITCase::result)
                .returns(Envelope.class)
                .sinkTo(EnvelopeSink.create(settings, "main"));
        env.execute("secure");
    }

    /**
     * A client that nobody closes would stay for ever; the source's ends a moment after the job.
     */
    private static void awaitNoAdminClient() {
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("kafka-admin-client-thread"))) {
            Thread.onSpinWait();
        }
    }

    private static Envelope result(SourceEvent event) {
        return new Envelope(new Destination.Results(), "key", "key", event.value(), List.of());
    }

    private static void send(KafkaSettings settings, List<String> events) throws Exception {
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings.connection().config(Map.of()), bytes, bytes)) {
            for (String event : events) {
                producer.send(
                                new ProducerRecord<>(
                                        settings.events().topic(),
                                        event.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    private static List<String> results(KafkaSettings settings) {
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        Map<String, Object> config =
                settings.connection()
                        .config(
                                Map.of(
                                        "group.id", "reader",
                                        "isolation.level", "read_committed",
                                        "auto.offset.reset", "earliest"));
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            consumer.subscribe(List.of("results"));
            while (values.size() < 3) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> values.add(TopicReader.text(record.value())));
            }
        }
        return values;
    }
}
