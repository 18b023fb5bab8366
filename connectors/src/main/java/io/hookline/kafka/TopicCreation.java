/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how a job makes topics that are missing.
 *
 * @param replicationFactor the brokers' default when null
 * @param configs settings of a topic by Kafka's names
 */
public record TopicCreation(
        boolean allowed,
        int partitions,
        @Nullable Integer replicationFactor,
        Map<String, String> configs)
        implements Serializable {
    public TopicCreation {
        configs = Map.copyOf(configs);
    }
}
