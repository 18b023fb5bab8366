/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.schema.EventFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
    @Test
    void settings_ofNothingButServers_areTheDefaults() {
        KafkaSettings settings = from("hookline.kafka.bootstrap-servers", "a:1,b:2");
        assertThat(settings)
                .isEqualTo(
                        new KafkaSettings(
                                KafkaConnection.to("a:1,b:2"),
                                new KafkaSettings.Events(
                                        "events",
                                        EventFormat.JSON,
                                        "hookline",
                                        StartingOffsets.COMMITTED,
                                        0),
                                new KafkaSettings.Control("control", EventFormat.JSON),
                                new TopicNames(
                                        "",
                                        "activations.{module}",
                                        "results",
                                        "dead-letters",
                                        "signals",
                                        "alerts",
                                        "models"),
                                new TopicCreation(true, 4, null, Map.of()),
                                new KafkaSettings.SinkSettings(
                                        DeliveryGuarantee.EXACTLY_ONCE,
                                        "hookline",
                                        Duration.ofMinutes(15),
                                        8 << 20,
                                        Duration.ofMinutes(5)),
                                null));
    }

    @Test
    void settings_asWritten_areRead() {
        KafkaSettings settings =
                from(
                        "hookline.kafka.bootstrap-servers", "a:1",
                        "hookline.kafka.properties.security.protocol", "SASL_SSL",
                        "hookline.events.topic", "prompts",
                        "hookline.events.format", "avro",
                        "hookline.events.group-id", "readers",
                        "hookline.events.starting-offsets", "timestamp",
                        "hookline.events.starting-timestamp", "1970-01-01T00:00:02Z",
                        "hookline.control.topic", "orders",
                        "hookline.control.format", "avro",
                        "hookline.topics.prefix", "x-",
                        "hookline.topics.activations-pattern", "act",
                        "hookline.topics.results", "r",
                        "hookline.topics.dead-letters", "d",
                        "hookline.topics.signals", "s",
                        "hookline.topics.alerts", "a",
                        "hookline.topics.models", "m",
                        "hookline.topics.create", "false",
                        "hookline.topics.partitions", "7",
                        "hookline.topics.replication-factor", "3",
                        "hookline.topics.configs.retention.ms", "1000",
                        "hookline.sink.delivery-guarantee", "at-least-once",
                        "hookline.sink.transactional-id-prefix", "mine",
                        "hookline.sink.transaction-timeout", "2 h",
                        "hookline.sink.max-request-size", "2 mb",
                        "hookline.sink.partition-refresh", "30 s");
        assertThat(settings)
                .isEqualTo(
                        new KafkaSettings(
                                new KafkaConnection("a:1", Map.of("security.protocol", "SASL_SSL")),
                                new KafkaSettings.Events(
                                        "prompts",
                                        EventFormat.AVRO,
                                        "readers",
                                        StartingOffsets.TIMESTAMP,
                                        2000),
                                new KafkaSettings.Control("orders", EventFormat.AVRO),
                                new TopicNames("x-", "act", "r", "d", "s", "a", "m"),
                                new TopicCreation(false, 7, 3, Map.of("retention.ms", "1000")),
                                new KafkaSettings.SinkSettings(
                                        DeliveryGuarantee.AT_LEAST_ONCE,
                                        "mine",
                                        Duration.ofHours(2),
                                        2 << 20,
                                        Duration.ofSeconds(30)),
                                null));
    }

    @Test
    void problems_areReportedAllAtOnce() {
        assertThat(
                        problems(
                                "hookline.kafka.properties.group.id", "g",
                                "hookline.events.starting-offsets", "timestamp",
                                "hookline.topics.activations-pattern", "act.{modul}",
                                "hookline.topics.partitions", "0",
                                "hookline.topics.replication-factor", "0",
                                "hookline.topics.signals", "",
                                "hookline.topics.results", "events",
                                "hookline.topics.alerts", "dead_letters",
                                "hookline.topics.dead-letters", "dead.letters",
                                "hookline.sink.transactional-id-prefix", "a/b",
                                "hookline.sink.transaction-timeout", "soon",
                                "hookline.sink.max-request-size", "3 gb",
                                "hookline.sink.partition-refresh", "0 s"))
                .containsExactly(
                        "'hookline.kafka.bootstrap-servers' is missing: brokers as host:port,"
                                + " several by commas",
                        "'hookline.kafka.properties.group.id' is not taken: use"
                                + " 'hookline.events.group-id'",
                        "'hookline.events.starting-timestamp' is missing:"
                                + " 'hookline.events.starting-offsets' is timestamp",
                        "'hookline.topics.signals' must not be empty",
                        "'hookline.topics.replication-factor' must be in the range 1 to 32767, not"
                                + " 0",
                        "'hookline.topics.partitions' must be at least 1, not 0",
                        "'hookline.sink.transactional-id-prefix' must not contain '/', which ends it"
                                + " in the ids: 'a/b'",
                        "'hookline.sink.max-request-size' must be in the range 1 kb to 1 gb, not 3"
                                + " gb",
                        "'hookline.sink.transaction-timeout': text does not start with a number,"
                                + " and is not a valid ISO-8601 duration format: soon",
                        "'hookline.sink.partition-refresh' must be in the range 1 s to 24 days, not"
                                + " PT0S",
                        "'hookline.events.topic' and 'hookline.topics.results' have the same topic"
                                + " 'events'",
                        "the topics of 'hookline.topics.dead-letters' and 'hookline.topics.alerts'"
                                + " collide: Kafka does not tell 'dead.letters' from 'dead_letters'",
                        "'hookline.topics.activations-pattern' makes the topic 'act.{modul}', which"
                                + " must not contain '{', '}': letters, digits, '.', '_' and '-' are"
                                + " allowed, and {module}");
    }

    @Test
    void startingTimestamp_withoutItsOffsets_isRefused() {
        assertThat(
                        problems(
                                "hookline.kafka.bootstrap-servers", "a:1",
                                "hookline.events.starting-timestamp", "12"))
                .containsExactly(
                        "'hookline.events.starting-timestamp' needs"
                                + " 'hookline.events.starting-offsets' to be timestamp, not"
                                + " committed");
    }

    @Test
    void choice_thatIsNone_isNamedWithWhatThereIs() {
        assertThat(
                        problems(
                                "hookline.kafka.bootstrap-servers", "a:1",
                                "hookline.sink.delivery-guarantee", "twice",
                                "hookline.topics.partitions", "many"))
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("'hookline.topics.partitions'")
                                        .contains("many"),
                        second ->
                                assertThat(second)
                                        .startsWith("'hookline.sink.delivery-guarantee'")
                                        .contains("exactly-once"));
    }

    @Test
    void secrets_areNotPrinted() {
        KafkaSettings settings =
                from(
                        "hookline.kafka.bootstrap-servers", "a:1",
                        "hookline.kafka.properties.sasl.jaas.config", "open-sesame");
        assertThat(settings.connection().config(Map.of()))
                .containsEntry("sasl.jaas.config", "open-sesame");
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("open-sesame");
    }

    @Test
    void properties_winOverDefaultsButNotOverOptions() {
        KafkaConnection connection =
                new KafkaConnection("a:1", Map.of("linger.ms", "3", "bootstrap.servers", "b:2"));
        assertThat(connection.config(Map.of("linger.ms", "10", "batch.size", "5")))
                .containsOnly(
                        Map.entry("linger.ms", "3"),
                        Map.entry("batch.size", "5"),
                        Map.entry("bootstrap.servers", "a:1"));
    }

    @Test
    void settings_travelWithTheJob() throws Exception {
        KafkaSettings settings = from("hookline.kafka.bootstrap-servers", "a:1");
        assertThat(InstantiationUtil.clone(settings)).isEqualTo(settings);
    }

    private static KafkaSettings from(String... keysAndValues) {
        return KafkaSettings.from(Configuration.fromMap(TestSettings.pairs(keysAndValues)));
    }

    private static List<String> problems(String... keysAndValues) {
        return catchThrowableOfType(KafkaSetupException.class, () -> from(keysAndValues))
                .problems();
    }
}
