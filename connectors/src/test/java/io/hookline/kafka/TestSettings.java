/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Settings against the test broker, with topics that no other test uses. */
final class TestSettings {
    private TestSettings() {}

    /** By keys and values as a user writes them, over names of its own for everything. */
    static KafkaSettings with(String... keysAndValues) {
        String name = TestBroker.unique("t");
        Map<String, String> options = new HashMap<>();
        put(options, KafkaOptions.BOOTSTRAP_SERVERS, TestBroker.servers());
        put(options, KafkaOptions.TOPICS_PREFIX, name + ".");
        put(options, KafkaOptions.EVENTS_TOPIC, name + ".in.events");
        put(options, KafkaOptions.CONTROL_TOPIC, name + ".in.control");
        put(options, KafkaOptions.EVENTS_GROUP_ID, name);
        put(options, KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, name);
        options.putAll(pairs(keysAndValues));
        return KafkaSettings.from(Configuration.fromMap(options));
    }

    static Map<String, String> pairs(String... keysAndValues) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pairs.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return pairs;
    }

    private static void put(Map<String, String> options, ConfigOption<?> option, String value) {
        options.put(option.key(), value);
    }
}
