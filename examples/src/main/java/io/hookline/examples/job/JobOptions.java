/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.examples.cli.ConfigurationOptions;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.StartingOffsets;
import io.hookline.operator.HooklineOptions;
import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.EventFormat;
import java.io.IOException;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The part of a command line that says what the job is to do. */
final class JobOptions {
    @Option(
            names = "--brokers",
            required = true,
            paramLabel = "HOST:PORT[,…]",
            description = "Kafka's bootstrap servers")
    private String brokers = "";

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "ticketlm, minilm, a folder with model.onnx, or an ONNX file")
    private String model = "";

    @Option(names = "--events", paramLabel = "TOPIC", description = "the topic of events")
    private @Nullable String events;

    @Option(names = "--control", paramLabel = "TOPIC", description = "the topic of control events")
    private @Nullable String control;

    @Option(
            names = "--event-format",
            paramLabel = "json|avro",
            description = "how events are written")
    private @Nullable EventFormat format;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "the consumer group that offsets are committed for")
    private @Nullable String group;

    @Option(
            names = "--from",
            paramLabel = "earliest|committed|TIME",
            description =
                    "where a job without state begins to read events: at the oldest, where the group stopped, or at a time,"
                            + " such as 2026-01-31T12:00:00Z or epoch milliseconds")
    private @Nullable String from;

    @Option(
            names = "--job-name",
            paramLabel = "NAME",
            description =
                    "the job's name, the prefix of its transactional ids and the folder of its checkpoints; default: ${DEFAULT-VALUE}")
    private String jobName = "hookline";

    @Mixin private ConfigurationOptions further = new ConfigurationOptions();

    String jobName() {
        return jobName;
    }

    /** What the job is told: the file, then single options, then the arguments with names. */
    Configuration configuration() throws IOException, ModelLoadException {
        Configuration config = further.configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        config.set(
                HooklineOptions.MODEL_PATH,
                new PackagedModels(HooklineHome.find()).resolve(model).toAbsolutePath().toString());
        config.set(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, jobName);
        setIfGiven(config, KafkaOptions.EVENTS_TOPIC.key(), events);
        setIfGiven(config, KafkaOptions.CONTROL_TOPIC.key(), control);
        setIfGiven(config, KafkaOptions.EVENTS_GROUP_ID.key(), group);
        setIfGiven(config, KafkaOptions.EVENTS_FORMAT.key(), format == null ? null : format.name());
        setStart(config);
        return config;
    }

    private void setStart(Configuration config) {
        if (from == null) {
            return;
        }
        switch (from.toLowerCase(Locale.ROOT)) {
            case "earliest" ->
                    config.set(KafkaOptions.EVENTS_STARTING_OFFSETS, StartingOffsets.EARLIEST);
            case "committed" ->
                    config.set(KafkaOptions.EVENTS_STARTING_OFFSETS, StartingOffsets.COMMITTED);
            default -> {
                config.set(KafkaOptions.EVENTS_STARTING_OFFSETS, StartingOffsets.TIMESTAMP);
                config.set(KafkaOptions.EVENTS_STARTING_TIMESTAMP, from);
            }
        }
    }

    private static void setIfGiven(Configuration config, String key, @Nullable String value) {
        if (value != null) {
            config.setString(key, value);
        }
    }
}
