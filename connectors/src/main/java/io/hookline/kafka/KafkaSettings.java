/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import io.hookline.schema.codec.AvroFraming;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.jspecify.annotations.Nullable;

/**
 * All that a job has been told about Kafka, checked.
 *
 * @param registry null when records are framed without one
 */
public record KafkaSettings(
        KafkaConnection connection,
        Events events,
        Control control,
        TopicNames topics,
        TopicCreation creation,
        SinkSettings sink,
        @Nullable RegistrySettings registry)
        implements Serializable {

    /**
     * Where prompt events come from.
     *
     * @param startingTimestamp epoch milliseconds; means something only with {@link
     *     StartingOffsets#TIMESTAMP}
     */
    public record Events(
            String topic,
            EventFormat format,
            String groupId,
            StartingOffsets start,
            long startingTimestamp)
            implements Serializable {}

    /** Where control events come from. */
    public record Control(String topic, EventFormat format) implements Serializable {}

    /**
     * How envelopes are sent.
     *
     * @param maxRequestSize bytes of the largest record
     * @param partitionRefresh how often partition counts are looked up again
     */
    public record SinkSettings(
            DeliveryGuarantee guarantee,
            String transactionalIdPrefix,
            Duration transactionTimeout,
            int maxRequestSize,
            Duration partitionRefresh)
            implements Serializable {}

    /** How records are framed, events in and records out. */
    public AvroFraming framing() {
        return registry == null
                ? AvroFraming.singleObject()
                : new AvroFraming(new RegistryFraming(new RegistryClient(registry)));
    }

    /**
     * Reads the settings.
     *
     * @throws KafkaSetupException naming every option that is missing or wrong
     */
    public static KafkaSettings from(ReadableConfig config) {
        return new SettingsReader(config).read();
    }
}
