/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.job.TestKafka;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.Topics;
import io.hookline.schema.Destination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules on the signals that a real topic holds. */
class RulesCheckITCase {
    private static final String RULE =
            """
            {"put": "rule", "name": "hot", "body": {"signal": "angry",
             "detector": {"type": "threshold", "above": 0.9, "clear": 0.5}, "summary": "{event} at {value}"}}
            """;

    private final String prefix = UUID.randomUUID().toString().substring(0, 8) + ".";

    @TempDir Path folder;

    @Test
    void check_onATopic_triesWhatIsCommitted_inTheOrderInWhichItWasWritten() throws Exception {
        Topics.ensure(settings(), List.of(new Destination.Signals()));
        send("e1", 0.2);
        send("e2", 0.95);
        abort("e3", 0.1);
        send("e4", 0.97);
        send("e5", 0.4);

        RulesRun run = check();

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "2026-01-01T00:00:02Z  firing    hot  e2 at 0.9500",
                        "2026-01-01T00:00:05Z  resolved  hot  e4 at 0.4000",
                        "rule 'hot' fired 1 times over 4 signals");
    }

    @Test
    void check_onATopicThatIsNotThere_saysSo() throws Exception {
        RulesRun run = check();
        assertThat(run.code()).isEqualTo(CommandRun.FAILED);
        assertThat(run.err()).contains("no topic '" + prefix + "signals'");
    }

    private RulesRun check() throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.json"), RULE);
        return RulesRun.check(
                rules.toString(),
                "--brokers",
                TestKafka.brokers(),
                "-D",
                "hookline.topics.prefix=" + prefix);
    }

    private KafkaSettings settings() {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, TestKafka.brokers());
        options.set(KafkaOptions.TOPICS_PREFIX, prefix);
        return KafkaSettings.from(options);
    }

    private static byte[] signal(String event, double value) {
        long second = Integer.parseInt(event.substring(1));
        long time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second).toEpochMilli();
        return SampleSignals.bytes(event, "angry", value, time);
    }

    private void send(String event, double value) throws Exception {
        TestKafka.send(prefix + "signals", "model.model.layers.2", signal(event, value));
    }

    /** Writes a signal whose transaction nobody commits. */
    private void abort(String event, double value) throws Exception {
        Map<String, Object> settings =
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestKafka.brokers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        prefix);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(prefix + "signals", signal(event, value))).get();
            producer.abortTransaction();
        }
    }
}
