/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** All that a job has been told about Kafka, checked. */
public record KafkaSettings(
        KafkaConnection connection,
        Events events,
        Control control,
        TopicNames topics,
        TopicCreation creation,
        SinkSettings sink)
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

    /**
     * Reads the settings.
     *
     * @throws KafkaSetupException naming every option that is missing or wrong
     */
    public static KafkaSettings from(ReadableConfig config) {
        return new SettingsReader(config).read();
    }
}
