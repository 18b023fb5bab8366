/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.alert.AlertStream;
import io.hookline.examples.alerts.SampleSignals;
import io.hookline.kafka.ControlSnapshot;
import io.hookline.kafka.EnvelopeSink;
import io.hookline.kafka.EventSource;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.Preflight;
import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.schema.Alert;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Alerts between real topics: TaskManagers die and rules change, and no alert is lost or doubled.
 */
class AlertsITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(2, 2);

    private static final int SIGNALS = 300;
    private static final int EVERY = 10;
    private static final String HOT =
            "{\"put\": \"rule\", \"name\": \"hot\", \"body\": {\"signal\": \"angry\", \"key\": \"event\","
                    + " \"detector\": {\"type\": \"threshold\", \"above\": %s}}}";

    private final String name = UUID.randomUUID().toString().substring(0, 8);
    private final KafkaSettings kafka = settings();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.brokers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());

    @AfterEach
    void closeProducer() {
        producer.close();
    }

    @Test
    void alerts_whileTaskManagersDieAndRulesChange_areNeitherLostNorDoubled(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        Preflight.check(kafka, List.of(new Destination.Alerts(), new Destination.DeadLetters()));
        rule(HOT.formatted(0.9));
        JobClient job = start();
        List<String> expected = new ArrayList<>();
        for (int number = 0; number < SIGNALS; number++) {
            boolean hot = number % EVERY == 0;
            signal("e" + number, hot ? 0.95 : 0.2);
            if (hot) {
                expected.add("e" + number);
            }
            if (number == SIGNALS / 3 || number == 2 * SIGNALS / 3) {
                int kill = number / (SIGNALS / 3) - 1;
                read(firing -> firing.size() > expected.size() / 2);
                cluster.terminateTaskManager(kill).get();
                cluster.startTaskManager();
                rule(HOT.formatted("true"));
            }
        }
        read(firing -> firing.size() >= expected.size());
        rule(HOT.formatted(0.5));
        AtomicInteger probes = new AtomicInteger();
        read(
                firing -> {
                    signal("warm" + probes.getAndIncrement(), 0.7);
                    return firing.stream().anyMatch(id -> id.startsWith("warm"));
                });
        signal("last", 0.7);
        List<String> all = read(firing -> firing.contains("last"));
        List<ConsumerRecord<byte[], byte[]>> letters =
                TestKafka.read(name + ".dead-letters", found -> found.size() >= 2);
        job.cancel().get();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }

        assertThat(all).doesNotHaveDuplicates().containsAll(expected);
        assertThat(all)
                .allMatch(
                        id -> expected.contains(id) || id.startsWith("warm") || id.equals("last"));
        assertThat(letters).hasSize(2);
        assertThat(
                        AvroFraming.singleObject()
                                .decode(letters.get(0).value(), DeadLetter.class)
                                .getPointer())
                .isEqualTo(Optional.of("/body/detector/above"));
    }

    private KafkaSettings settings() {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, TestKafka.brokers());
        options.set(KafkaOptions.EVENTS_TOPIC, "signals-" + name);
        options.set(KafkaOptions.EVENTS_GROUP_ID, name);
        options.set(KafkaOptions.CONTROL_TOPIC, "control-" + name);
        options.set(KafkaOptions.TOPICS_PREFIX, name + ".");
        options.set(KafkaOptions.TOPICS_PARTITIONS, 2);
        options.set(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, name);
        return KafkaSettings.from(options);
    }

    /** Signals come from a topic, as they would from the model. */
    private JobClient start() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        env.configure(
                new Configuration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300))
                        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20)
                        .set(
                                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                                Duration.ofMillis(100)));
        ControlSnapshot control = ControlSnapshot.read(kafka);
        DataStream<Envelope> signals =
                env.fromSource(
                                EventSource.events(kafka),
                                WatermarkStrategy.<SourceEvent>forMonotonousTimestamps()
                                        .withIdleness(Duration.ofSeconds(1)),
                                "signals")
                        .uid("signals")
                        .map(AlertsITCase::envelope)
                        .returns(EnvelopeTypeInfo.INSTANCE)
                        .uid("envelopes");
        DataStream<SourceEvent> changes =
                env.fromSource(
                                EventSource.control(kafka, control.nextOffset()),
                                WatermarkStrategy.noWatermarks(),
                                "control")
                        .uid("control")
                        .setParallelism(1);
        AlertStream.of(signals, changes, control.entries(), AvroFraming::singleObject)
                .sinkTo(EnvelopeSink.create(kafka, "alerts"))
                .uid("alerts");
        return env.executeAsync(name);
    }

    private static Envelope envelope(SourceEvent signal) {
        return new Envelope(
                new Destination.Signals(), "module", "event", signal.value(), signal.headers());
    }

    private void rule(String event) throws Exception {
        TestKafka.send("control-" + name, "rule/hot", event);
    }

    private void signal(String event, double value) {
        byte[] signal = SampleSignals.bytes(event, "angry", value, System.currentTimeMillis());
        sent.add(
                producer.send(
                        new ProducerRecord<>(
                                "signals-" + name,
                                event.getBytes(StandardCharsets.UTF_8),
                                signal)));
    }

    /** The events of all firing alerts, as a reader of committed records sees them. */
    private List<String> read(Predicate<List<String>> enough) throws SchemaException {
        return firing(TestKafka.read(name + ".alerts", found -> enough.test(firing(found))));
    }

    private static List<String> firing(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(AlertsITCase::alert)
                .filter(alert -> alert.getState().equals("firing"))
                .flatMap(alert -> alert.getEventIds().stream())
                .toList();
    }

    private static Alert alert(ConsumerRecord<byte[], byte[]> record) {
        try {
            return AvroFraming.singleObject().decode(record.value(), Alert.class);
        } catch (SchemaException wrong) {
            throw new AssertionError(wrong);
        }
    }
}
