/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Which brokers to talk to, and how.
 *
 * @param bootstrapServers host:port, several by commas
 * @param properties settings of the user's own for every client; may hold secrets
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties)
        implements Serializable {
    public KafkaConnection {
        requireNonNull(bootstrapServers, "bootstrapServers");
        properties = Map.copyOf(properties);
    }

    /** A connection without any settings of its own. */
    public static KafkaConnection to(String bootstrapServers) {
        return new KafkaConnection(bootstrapServers, Map.of());
    }

    /** The configuration of a client: the given defaults, then the user's, then the brokers. */
    public Map<String, Object> config(Map<String, String> defaults) {
        Map<String, Object> config = new HashMap<>(defaults);
        config.putAll(properties);
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return config;
    }

    /** The same as properties. */
    Properties asProperties(Map<String, String> defaults) {
        Properties all = new Properties();
        all.putAll(config(defaults));
        return all;
    }

    /** The servers and the names of the settings; never a value of theirs. */
    @Override
    public String toString() {
        return "KafkaConnection[bootstrapServers=%s, properties=%s]"
                .formatted(bootstrapServers, new TreeSet<>(properties.keySet()));
    }
}
