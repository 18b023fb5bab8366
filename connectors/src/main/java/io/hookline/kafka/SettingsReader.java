/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/** Reads {@link KafkaSettings} and remembers every problem on the way. */
final class SettingsReader {
    /** Client settings that an option of ours, or nobody, decides. */
    private static final Map<String, String> RESERVED =
            new TreeMap<>(
                    Map.of(
                            "bootstrap.servers", KafkaOptions.BOOTSTRAP_SERVERS.key(),
                            "group.id", KafkaOptions.EVENTS_GROUP_ID.key(),
                            "auto.offset.reset", KafkaOptions.EVENTS_STARTING_OFFSETS.key(),
                            "transactional.id", KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX.key(),
                            "transaction.timeout.ms", KafkaOptions.SINK_TRANSACTION_TIMEOUT.key(),
                            "max.request.size", KafkaOptions.SINK_MAX_REQUEST_SIZE.key(),
                            "acks", KafkaOptions.SINK_DELIVERY_GUARANTEE.key(),
                            "enable.idempotence", KafkaOptions.SINK_DELIVERY_GUARANTEE.key()));

    private final ReadableConfig config;
    private final List<String> problems = new ArrayList<>();

    SettingsReader(ReadableConfig config) {
        this.config = config;
    }

    KafkaSettings read() {
        KafkaSettings settings =
                new KafkaSettings(
                        connection(),
                        events(),
                        control(),
                        topics(),
                        creation(),
                        sink(),
                        registry());
        problems.addAll(TopicRouting.problemsOf(settings));
        KafkaSetupException.throwIfAny(problems);
        return settings;
    }

    private KafkaConnection connection() {
        String servers = value(KafkaOptions.BOOTSTRAP_SERVERS).orElse("").strip();
        require(
                KafkaOptions.BOOTSTRAP_SERVERS,
                !servers.isEmpty(),
                "is missing: brokers as host:port, several by commas");
        Map<String, String> properties = value(KafkaOptions.PROPERTIES).orElse(Map.of());
        RESERVED.forEach(
                (reserved, option) -> {
                    if (properties.containsKey(reserved)) {
                        problems.add(
                                "'%s.%s' is not taken: use '%s'"
                                        .formatted(
                                                KafkaOptions.PROPERTIES.key(), reserved, option));
                    }
                });
        return new KafkaConnection(servers, properties);
    }

    private KafkaSettings.Events events() {
        StartingOffsets start =
                value(KafkaOptions.EVENTS_STARTING_OFFSETS).orElse(StartingOffsets.COMMITTED);
        return new KafkaSettings.Events(
                text(KafkaOptions.EVENTS_TOPIC),
                value(KafkaOptions.EVENTS_FORMAT).orElse(KafkaOptions.EVENTS_FORMAT.defaultValue()),
                text(KafkaOptions.EVENTS_GROUP_ID),
                start,
                startingTimestamp(start));
    }

    private long startingTimestamp(StartingOffsets start) {
        ConfigOption<String> option = KafkaOptions.EVENTS_STARTING_TIMESTAMP;
        Optional<String> given = value(option);
        boolean wanted = start == StartingOffsets.TIMESTAMP;
        require(
                option,
                wanted == given.isPresent(),
                wanted
                        ? "is missing: '%s' is timestamp"
                                .formatted(KafkaOptions.EVENTS_STARTING_OFFSETS.key())
                        : "needs '%s' to be timestamp, not %s"
                                .formatted(KafkaOptions.EVENTS_STARTING_OFFSETS.key(), start));
        return given.map(text -> epochMilliseconds(option, text)).orElse(0L);
    }

    private long epochMilliseconds(ConfigOption<String> option, String text) {
        try {
            return text.matches("\\d{1,18}")
                    ? Long.parseLong(text)
                    : Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            problems.add(
                    "'%s' must be ISO-8601 or epoch milliseconds, not '%s'"
                            .formatted(option.key(), text));
            return 0;
        }
    }

    private KafkaSettings.Control control() {
        return new KafkaSettings.Control(
                text(KafkaOptions.CONTROL_TOPIC),
                value(KafkaOptions.CONTROL_FORMAT)
                        .orElse(KafkaOptions.CONTROL_FORMAT.defaultValue()));
    }

    private TopicNames topics() {
        return new TopicNames(
                value(KafkaOptions.TOPICS_PREFIX).orElse(""),
                text(KafkaOptions.TOPICS_ACTIVATIONS_PATTERN),
                text(KafkaOptions.TOPICS_RESULTS),
                text(KafkaOptions.TOPICS_DEAD_LETTERS),
                text(KafkaOptions.TOPICS_SIGNALS),
                text(KafkaOptions.TOPICS_ALERTS),
                text(KafkaOptions.TOPICS_MODELS));
    }

    private TopicCreation creation() {
        Optional<Integer> replicas = value(KafkaOptions.TOPICS_REPLICATION_FACTOR);
        replicas.ifPresent(
                count ->
                        require(
                                KafkaOptions.TOPICS_REPLICATION_FACTOR,
                                count >= 1 && count <= Short.MAX_VALUE,
                                "must be in the range 1 to 32767, not " + count));
        return new TopicCreation(
                value(KafkaOptions.TOPICS_CREATE).orElse(true),
                checked(KafkaOptions.TOPICS_PARTITIONS, count -> count >= 1, "must be at least 1"),
                replicas.orElse(null),
                value(KafkaOptions.TOPICS_CONFIGS).orElse(Map.of()));
    }

    private KafkaSettings.SinkSettings sink() {
        String idPrefix = text(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX);
        require(
                KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX,
                !idPrefix.contains("/"),
                "must not contain '/', which ends it in the ids: '%s'".formatted(idPrefix));
        long size =
                checked(
                                KafkaOptions.SINK_MAX_REQUEST_SIZE,
                                bytes ->
                                        bytes.getBytes() >= 1024
                                                && bytes.getBytes() <= Integer.MAX_VALUE / 2,
                                "must be in the range 1 kb to 1 gb")
                        .getBytes();
        return new KafkaSettings.SinkSettings(
                value(KafkaOptions.SINK_DELIVERY_GUARANTEE)
                        .orElse(KafkaOptions.SINK_DELIVERY_GUARANTEE.defaultValue()),
                idPrefix,
                checked(
                        KafkaOptions.SINK_TRANSACTION_TIMEOUT,
                        SettingsReader::isTimeout,
                        "must be in the range 1 s to 24 days"),
                (int) size,
                checked(
                        KafkaOptions.SINK_PARTITION_REFRESH,
                        SettingsReader::isTimeout,
                        "must be in the range 1 s to 24 days"));
    }

    private @Nullable RegistrySettings registry() {
        Optional<URI> url = value(KafkaOptions.SCHEMA_REGISTRY_URL).flatMap(this::registryUrl);
        Map<String, String> properties =
                value(KafkaOptions.SCHEMA_REGISTRY_PROPERTIES).orElse(Map.of());
        for (String name : new TreeSet<>(properties.keySet())) {
            if (!RegistrySettings.KNOWN.contains(name)) {
                problems.add(
                        "no property '%s' in '%s', there are %s"
                                .formatted(
                                        name,
                                        KafkaOptions.SCHEMA_REGISTRY_PROPERTIES.key(),
                                        RegistrySettings.KNOWN));
            }
        }
        boolean register = value(KafkaOptions.SCHEMA_REGISTRY_AUTO_REGISTER).orElse(true);
        return url.map(found -> new RegistrySettings(found, properties, register)).orElse(null);
    }

    private Optional<URI> registryUrl(String text) {
        try {
            URI url = new URI(text.strip());
            if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            // Said below, with what is allowed.
        }
        require(
                KafkaOptions.SCHEMA_REGISTRY_URL,
                false,
                "must be http://HOST:PORT or https://HOST:PORT, not '%s'".formatted(text));
        return Optional.empty();
    }

    private static boolean isTimeout(Duration duration) {
        return duration.toSeconds() >= 1 && duration.toDays() <= 24;
    }

    private <T> T checked(ConfigOption<T> option, Predicate<T> allowed, String rule) {
        T value = value(option).orElse(option.defaultValue());
        require(option, allowed.test(value), "%s, not %s".formatted(rule, value));
        return value;
    }

    private String text(ConfigOption<String> option) {
        String value = value(option).orElse(option.defaultValue()).strip();
        require(option, !value.isEmpty(), "must not be empty");
        return value;
    }

    /** The value or the default; empty when there is neither, or when it cannot be read. */
    private <T> Optional<T> value(ConfigOption<T> option) {
        try {
            @Nullable T value = config.get(option);
            return Optional.ofNullable(value);
        } catch (IllegalArgumentException e) {
            problems.add("'%s': %s".formatted(option.key(), rootMessage(e)));
            return Optional.empty();
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private void require(ConfigOption<?> option, boolean holds, String otherwise) {
        if (!holds) {
            problems.add("'%s' %s".formatted(option.key(), otherwise));
        }
    }
}
