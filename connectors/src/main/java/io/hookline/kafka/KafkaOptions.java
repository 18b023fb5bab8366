/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** The options of everything that touches Kafka. {@link KafkaSettings} reads and checks them. */
public final class KafkaOptions {
    public static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key("hookline.kafka.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Brokers to connect to first: host:port, several by commas.");

    public static final ConfigOption<Map<String, String>> PROPERTIES =
            ConfigOptions.key("hookline.kafka.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Settings handed on to every Kafka client as they are:"
                                    + " hookline.kafka.properties.security.protocol and so on."
                                    + " Their values are never logged.");

    public static final ConfigOption<String> EVENTS_TOPIC =
            ConfigOptions.key("hookline.events.topic")
                    .stringType()
                    .defaultValue("events")
                    .withDescription("Topic of the prompt events.");

    public static final ConfigOption<EventFormat> EVENTS_FORMAT =
            ConfigOptions.key("hookline.events.format")
                    .enumType(EventFormat.class)
                    .defaultValue(EventFormat.JSON)
                    .withDescription("How prompt events are written: json or avro.");

    public static final ConfigOption<String> EVENTS_GROUP_ID =
            ConfigOptions.key("hookline.events.group-id")
                    .stringType()
                    .defaultValue("hookline")
                    .withDescription(
                            "Consumer group whose offsets follow the checkpoints. The job itself"
                                    + " continues from its state, not from them.");

    public static final ConfigOption<StartingOffsets> EVENTS_STARTING_OFFSETS =
            ConfigOptions.key("hookline.events.starting-offsets")
                    .enumType(StartingOffsets.class)
                    .defaultValue(StartingOffsets.COMMITTED)
                    .withDescription(
                            "Where a job that starts without state begins: earliest, committed"
                                    + " (earliest when the group never read) or timestamp.");

    public static final ConfigOption<String> EVENTS_STARTING_TIMESTAMP =
            ConfigOptions.key("hookline.events.starting-timestamp")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Time to begin at when the starting offsets are timestamp: ISO-8601 such"
                                    + " as 2026-01-31T12:00:00Z, or epoch milliseconds.");

    public static final ConfigOption<String> CONTROL_TOPIC =
            ConfigOptions.key("hookline.control.topic")
                    .stringType()
                    .defaultValue("control")
                    .withDescription(
                            "Topic of policies, vectors, probes and rules: compacted, one"
                                    + " partition.");

    public static final ConfigOption<EventFormat> CONTROL_FORMAT =
            ConfigOptions.key("hookline.control.format")
                    .enumType(EventFormat.class)
                    .defaultValue(EventFormat.JSON)
                    .withDescription("How control events are written: json or avro.");

    public static final ConfigOption<String> TOPICS_PREFIX =
            ConfigOptions.key("hookline.topics.prefix")
                    .stringType()
                    .defaultValue("")
                    .withDescription("Put before the name of every topic that the job writes.");

    public static final ConfigOption<String> TOPICS_ACTIVATIONS_PATTERN =
            ConfigOptions.key("hookline.topics.activations-pattern")
                    .stringType()
                    .defaultValue("activations.{module}")
                    .withDescription(
                            "Topic of a module's activations; {module} stands for the module path."
                                    + " Without it, all modules share one topic.");

    public static final ConfigOption<String> TOPICS_RESULTS =
            ConfigOptions.key("hookline.topics.results")
                    .stringType()
                    .defaultValue("results")
                    .withDescription("Topic of the results.");

    public static final ConfigOption<String> TOPICS_DEAD_LETTERS =
            ConfigOptions.key("hookline.topics.dead-letters")
                    .stringType()
                    .defaultValue("dead-letters")
                    .withDescription("Topic of events that ended without a result.");

    public static final ConfigOption<String> TOPICS_SIGNALS =
            ConfigOptions.key("hookline.topics.signals")
                    .stringType()
                    .defaultValue("signals")
                    .withDescription("Topic of scalars derived from activations.");

    public static final ConfigOption<String> TOPICS_ALERTS =
            ConfigOptions.key("hookline.topics.alerts")
                    .stringType()
                    .defaultValue("alerts")
                    .withDescription("Topic of alerts, firing and resolved.");

    public static final ConfigOption<String> TOPICS_MODELS =
            ConfigOptions.key("hookline.topics.models")
                    .stringType()
                    .defaultValue("models")
                    .withDescription("Topic of the descriptors of models: compacted.");

    public static final ConfigOption<Boolean> TOPICS_CREATE =
            ConfigOptions.key("hookline.topics.create")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether the job creates topics that are missing. When not, a missing"
                                    + " topic is an error at the start.");

    public static final ConfigOption<Integer> TOPICS_PARTITIONS =
            ConfigOptions.key("hookline.topics.partitions")
                    .intType()
                    .defaultValue(4)
                    .withDescription(
                            "Partitions of topics that the job creates. Topics that exist keep"
                                    + " theirs.");

    public static final ConfigOption<Integer> TOPICS_REPLICATION_FACTOR =
            ConfigOptions.key("hookline.topics.replication-factor")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Replicas of topics that the job creates; the brokers' default when not"
                                    + " given.");

    public static final ConfigOption<Map<String, String>> TOPICS_CONFIGS =
            ConfigOptions.key("hookline.topics.configs")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Settings of topics that the job creates:"
                                    + " hookline.topics.configs.retention.ms and so on.");

    public static final ConfigOption<DeliveryGuarantee> SINK_DELIVERY_GUARANTEE =
            ConfigOptions.key("hookline.sink.delivery-guarantee")
                    .enumType(DeliveryGuarantee.class)
                    .defaultValue(DeliveryGuarantee.EXACTLY_ONCE)
                    .withDescription(
                            "exactly-once (readers use read_committed), at-least-once (records carry"
                                    + " deterministic ids) or none.");

    public static final ConfigOption<String> SINK_TRANSACTIONAL_ID_PREFIX =
            ConfigOptions.key("hookline.sink.transactional-id-prefix")
                    .stringType()
                    .defaultValue("hookline")
                    .withDescription(
                            "Start of the transactional ids: one of its own for every job on the same"
                                    + " brokers. Two jobs that share it abort each other's"
                                    + " transactions.");

    public static final ConfigOption<Duration> SINK_TRANSACTION_TIMEOUT =
            ConfigOptions.key("hookline.sink.transaction-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(15))
                    .withDescription(
                            "How long an open transaction survives an outage of the job; data of"
                                    + " the last checkpoint are lost when it lasts longer. At most"
                                    + " the brokers' transaction.max.timeout.ms (by default 15 min).");

    public static final ConfigOption<MemorySize> SINK_MAX_REQUEST_SIZE =
            ConfigOptions.key("hookline.sink.max-request-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(8))
                    .withDescription(
                            "Largest record that the sink sends. Topics that the job creates accept"
                                    + " it (max.message.bytes); topics that exist have to. Topics of events"
                                    + " and of control accept half of it at most, so that the dead"
                                    + " letter of any event can be sent.");

    public static final ConfigOption<Duration> SINK_PARTITION_REFRESH =
            ConfigOptions.key("hookline.sink.partition-refresh")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription(
                            "How often the sink looks whether topics have got more partitions.");

    public static final ConfigOption<String> SCHEMA_REGISTRY_URL =
            ConfigOptions.key("hookline.schema-registry.url")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Schema registry with Confluent's API, such as"
                                    + " https://registry:8081. With it, records are in"
                                    + " Confluent's framing; without it, in Avro's single-object"
                                    + " encoding, which needs no registry.");

    public static final ConfigOption<Map<String, String>> SCHEMA_REGISTRY_PROPERTIES =
            ConfigOptions.key("hookline.schema-registry.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Credentials for the registry: basic.auth.user.info as user:password, or"
                                    + " bearer.auth.token. Their values are never logged.");

    public static final ConfigOption<Boolean> SCHEMA_REGISTRY_AUTO_REGISTER =
            ConfigOptions.key("hookline.schema-registry.auto-register")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether the job registers schemas that the registry lacks, each under its"
                                    + " record's full name. When not, a missing one is an error at"
                                    + " the start.");

    private KafkaOptions() {}

    /** All of them, in the order of the reference. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                BOOTSTRAP_SERVERS,
                PROPERTIES,
                EVENTS_TOPIC,
                EVENTS_FORMAT,
                EVENTS_GROUP_ID,
                EVENTS_STARTING_OFFSETS,
                EVENTS_STARTING_TIMESTAMP,
                CONTROL_TOPIC,
                CONTROL_FORMAT,
                TOPICS_PREFIX,
                TOPICS_ACTIVATIONS_PATTERN,
                TOPICS_RESULTS,
                TOPICS_DEAD_LETTERS,
                TOPICS_SIGNALS,
                TOPICS_ALERTS,
                TOPICS_MODELS,
                TOPICS_CREATE,
                TOPICS_PARTITIONS,
                TOPICS_REPLICATION_FACTOR,
                TOPICS_CONFIGS,
                SINK_DELIVERY_GUARANTEE,
                SINK_TRANSACTIONAL_ID_PREFIX,
                SINK_TRANSACTION_TIMEOUT,
                SINK_MAX_REQUEST_SIZE,
                SINK_PARTITION_REFRESH,
                SCHEMA_REGISTRY_URL,
                SCHEMA_REGISTRY_PROPERTIES,
                SCHEMA_REGISTRY_AUTO_REGISTER);
    }
}
