/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.kafka.KafkaOptions;
import io.hookline.model.Module;
import io.hookline.operator.HooklineOptions;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import io.hookline.schema.EventFormat;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./hookline run}: the main job on brokers that are there. Started by Flink's own client it
 * runs on that cluster, else in this process.
 */
@Command(
        name = "./hookline run",
        sortOptions = false,
        description =
                "Runs the main job between the topics of a Kafka cluster: in this process, or on a Flink cluster when 'flink run' starts it.")
public final class RunCommand implements Callable<Integer> {
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
            names = "--job-name",
            paramLabel = "NAME",
            description =
                    "the job's name and the prefix of its transactional ids; default: ${DEFAULT-VALUE}")
    private String jobName = "hookline";

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description =
                    "further options, one 'hookline.…' or Flink key on each line; secrets belong here and not on a command line")
    private @Nullable Path properties;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "one further option; may be repeated, wins over --properties")
    private Map<String, String> options = Map.of();

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        int code = CommandRun.of(new RunCommand(), arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws Exception {
        JobClient job = start(StreamExecutionEnvironment.getExecutionEnvironment(local()));
        System.err.printf("hookline: job '%s' runs, %s%n", jobName, job.getJobID());
        job.getJobExecutionResult().get();
        return 0;
    }

    /** Builds the job into an environment and starts it there. */
    JobClient start(StreamExecutionEnvironment env) throws Exception {
        Configuration config = options();
        if (env.getCheckpointInterval() <= 0
                && !config.contains(CheckpointingOptions.CHECKPOINTING_INTERVAL)) {
            config.set(
                    CheckpointingOptions.CHECKPOINTING_INTERVAL, java.time.Duration.ofSeconds(10));
        }
        env.configure(config);
        HooklineJob.build(env, config, modules(Path.of(config.get(HooklineOptions.MODEL_PATH))));
        return env.executeAsync(jobName);
    }

    /** What the job is told: the file, then single options, then the arguments with names. */
    private Configuration options() throws IOException, ModelLoadException {
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
        config.set(
                HooklineOptions.MODEL_PATH,
                new PackagedModels(HooklineHome.find()).resolve(model).toString());
        config.set(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, jobName);
        setIfGiven(config, KafkaOptions.EVENTS_TOPIC.key(), events);
        setIfGiven(config, KafkaOptions.CONTROL_TOPIC.key(), control);
        setIfGiven(config, KafkaOptions.EVENTS_GROUP_ID.key(), group);
        setIfGiven(config, KafkaOptions.EVENTS_FORMAT.key(), format == null ? null : format.name());
        return config;
    }

    private static void setIfGiven(Configuration config, String key, @Nullable String value) {
        if (value != null) {
            config.setString(key, value);
        }
    }

    /** Modules that can be recorded, each of which gets a topic. */
    private static List<String> modules(Path model) throws IOException, ModelLoadException {
        try (ModelPlanner planner =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .scan(ModelSpec.cpu(model))) {
            return planner.info().tree().modules().stream()
                    .filter(module -> !module.sites().isEmpty())
                    .map(Module::path)
                    .toList();
        }
    }

    private static Configuration local() {
        return LoopbackCluster.configuration();
    }
}
