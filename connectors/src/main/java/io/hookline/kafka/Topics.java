/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics of a job, there or made: all in one request. Every call waits for the brokers, so none
 * belongs on a task's thread.
 */
public final class Topics {
    private static final Map<String, String> COMPACTED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    private Topics() {}

    /**
     * Makes sure that every destination has its topic. Topics that exist stay as they are, with the
     * partitions that they have.
     *
     * @throws KafkaSetupException naming every topic that collides, is missing and must not be made
     *     ({@code hookline.topics.create}), or cannot be made
     */
    public static void ensure(
            KafkaSettings settings, Collection<? extends Destination> destinations) {
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            admin.ensure(outputs(settings, destinations), settings.creation());
        }
    }

    /**
     * Makes sure that the topics of events and of control are there, the latter compacted and with
     * one partition.
     *
     * @throws KafkaSetupException naming those that are missing, and a control topic with more
     *     partitions than one
     */
    public static void ensureInputs(KafkaSettings settings) {
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            ensureInputs(settings, admin);
        }
    }

    static void ensureInputs(KafkaSettings settings, TopicAdmin admin) {
        String control = settings.control().topic();
        List<TopicAdmin.Wanted> inputs =
                List.of(
                        new TopicAdmin.Wanted(
                                settings.events().topic(),
                                settings.creation().partitions(),
                                sized(settings, largestEvent(settings))),
                        new TopicAdmin.Wanted(
                                control,
                                1,
                                with(sized(settings, largestEvent(settings)), COMPACTED)));
        Integer partitions = admin.ensure(inputs, settings.creation()).get(control);
        if (partitions != null && partitions != 1) {
            throw new KafkaSetupException(
                    List.of(
                            "control topic '%s' must have one partition, not %d: its offsets are the versions"
                                    .formatted(control, partitions)));
        }
    }

    /** The topics of some destinations, as they are when this job makes them. */
    static List<TopicAdmin.Wanted> outputs(
            KafkaSettings settings, Collection<? extends Destination> destinations) {
        TopicRouting routing = new TopicRouting(settings.topics());
        routing.check(destinations);
        List<TopicAdmin.Wanted> topics = new ArrayList<>();
        for (Destination destination : destinations) {
            topics.add(output(settings, routing.topic(destination), destination));
        }
        return topics;
    }

    static TopicAdmin.Wanted output(KafkaSettings settings, String topic, Destination destination) {
        return destination instanceof Destination.Models
                ? new TopicAdmin.Wanted(topic, 1, with(sized(settings), COMPACTED))
                : new TopicAdmin.Wanted(topic, settings.creation().partitions(), sized(settings));
    }

    /** The largest event whose dead letter, with its bytes, code and reason, can still be sent. */
    static int largestEvent(KafkaSettings settings) {
        return settings.sink().maxRequestSize() / 2;
    }

    private static Map<String, String> sized(KafkaSettings settings) {
        return sized(settings, settings.sink().maxRequestSize());
    }

    /** The size of records that a topic accepts, unless the user says otherwise. */
    private static Map<String, String> sized(KafkaSettings settings, int bytes) {
        return settings.creation().configs().containsKey(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                ? Map.of()
                : Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes));
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(others);
        return all;
    }
}
