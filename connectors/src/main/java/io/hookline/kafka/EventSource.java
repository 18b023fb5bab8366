/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** The sources of a job: prompt events, and control events. */
public final class EventSource {
    private static final Map<String, String> CONSUMER =
            Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");

    private EventSource() {}

    /** Prompt events without an end. */
    public static KafkaSource<SourceEvent> events(KafkaSettings settings) {
        return eventsBuilder(settings).build();
    }

    /** The prompt events that are there when the job starts; then the source ends. */
    public static KafkaSource<SourceEvent> eventsUntilNow(KafkaSettings settings) {
        return eventsBuilder(settings).setBounded(OffsetsInitializer.latest()).build();
    }

    /**
     * The prompt events before the given offsets; then the source ends.
     *
     * @param ends by partition, the offset after the last event
     */
    public static KafkaSource<SourceEvent> eventsUntil(
            KafkaSettings settings, Map<Integer, Long> ends) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        ends.forEach(
                (partition, end) ->
                        offsets.put(new TopicPartition(settings.events().topic(), partition), end));
        return eventsBuilder(settings).setBounded(OffsetsInitializer.offsets(offsets)).build();
    }

    /**
     * Control events from an offset on, without an end.
     *
     * @param firstOffset where a start without state begins: after what {@link ControlSnapshot} has
     *     read
     */
    public static KafkaSource<SourceEvent> control(KafkaSettings settings, long firstOffset) {
        KafkaSettings.Control control = settings.control();
        Map<TopicPartition, Long> start =
                Map.of(new TopicPartition(control.topic(), 0), firstOffset);
        return builder(settings, control.topic(), control.format())
                .setGroupId(settings.events().groupId() + "-control")
                .setStartingOffsets(OffsetsInitializer.offsets(start))
                .setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1")
                .build();
    }

    private static KafkaSourceBuilder<SourceEvent> eventsBuilder(KafkaSettings settings) {
        KafkaSettings.Events events = settings.events();
        return builder(settings, events.topic(), events.format())
                .setGroupId(events.groupId())
                .setStartingOffsets(start(events));
    }

    private static KafkaSourceBuilder<SourceEvent> builder(
            KafkaSettings settings, String topic, EventFormat format) {
        Properties properties = settings.connection().asProperties(CONSUMER);
        return KafkaSource.<SourceEvent>builder()
                .setProperties(properties)
                .setTopics(topic)
                .setDeserializer(new EventDeserializer(format));
    }

    @SuppressWarnings("deprecation") // the connector takes the deprecated enum and nothing else
    private static OffsetsInitializer start(KafkaSettings.Events events) {
        return switch (events.start()) {
            case EARLIEST -> OffsetsInitializer.earliest();
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            case TIMESTAMP -> OffsetsInitializer.timestamp(events.startingTimestamp());
        };
    }
}
