/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which brokers, with the options of the job that writes there. */
final class KafkaOption {
    @Option(
            names = "--brokers",
            paramLabel = "HOST:PORT[,…]",
            description = "Kafka's bootstrap servers")
    private @Nullable String brokers;

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description =
                    "the job's options, one 'hookline.…' key on each line: names of topics, and 'hookline.kafka.properties.…'; secrets belong here and not on a command line")
    private @Nullable Path properties;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "one further option; may be repeated, wins over --properties")
    private Map<String, String> options = Map.of();

    /** What is said of Kafka, when brokers are named. */
    Optional<KafkaSettings> settings() throws IOException {
        if (brokers == null) {
            return Optional.empty();
        }
        Configuration config = new Configuration();
        if (properties != null) {
            Properties file = new Properties();
            try (Reader in = Files.newBufferedReader(properties)) {
                file.load(in);
            }
            file.stringPropertyNames().forEach(key -> config.setString(key, file.getProperty(key)));
        }
        options.forEach(config::setString);
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        return Optional.of(KafkaSettings.from(config));
    }
}
