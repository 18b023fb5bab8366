/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.examples.cli.ConfigurationOptions;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which brokers, with the options of the job that writes there. */
final class KafkaOption {
    @Option(
            names = "--brokers",
            paramLabel = "HOST:PORT[,…]",
            description = "Kafka's bootstrap servers")
    private @Nullable String brokers;

    @Mixin private ConfigurationOptions further = new ConfigurationOptions();

    /** What is said of Kafka, when brokers are named. */
    Optional<KafkaSettings> settings() throws IOException {
        if (brokers == null) {
            return Optional.empty();
        }
        Configuration config = further.configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        return Optional.of(KafkaSettings.from(config));
    }
}
