/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.cli.ConfigurationOptions;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.runtime.ModelLoadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline monitor}: a page that shows what a job writes. */
@Command(
        name = "./hookline monitor",
        sortOptions = false,
        description =
                "Serves a page on 127.0.0.1 that shows throughput, activations, signals, alerts and dead letters of a job."
                        + " It reads the job's topics as any client (read_committed, without a consumer group) and writes nothing.")
public final class MonitorCommand implements Callable<Integer> {
    private static final int PORT = 8089;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--brokers",
            required = true,
            paramLabel = "HOST:PORT[,…]",
            description = "Kafka's bootstrap servers")
    private String brokers = "";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "where the page is, 0 for any free port; default: ${DEFAULT-VALUE}")
    private int port = PORT;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "ticketlm, minilm, or a folder with tokenizer.json: tokens then have names, else numbers")
    private @Nullable String model;

    @Option(names = "--no-prompts", description = "never fetch prompts from the topic of events")
    private boolean noPrompts;

    @Option(
            names = "--max-rate",
            paramLabel = "MIB",
            description =
                    "how many MiB of activations are read in a second at most, the rest is left out and counted; default: ${DEFAULT-VALUE}")
    private int maxRate = 16;

    @Mixin private ConfigurationOptions further = new ConfigurationOptions();

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new MonitorCommand(), arguments));
    }

    @Override
    public Integer call() throws Exception {
        try (Monitor monitor = Monitor.start(settings())) {
            System.out.printf("hookline: monitor of %s at %s%n", brokers, monitor.address());
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "end"));
            ended.await();
        }
        return CommandRun.OK;
    }

    private MonitorSettings settings() throws IOException, ModelLoadException {
        Configuration config = further.configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        KafkaSettings kafka = KafkaSettings.from(config);
        try {
            return new MonitorSettings(kafka, port, tokenizer(), !noPrompts, (long) maxRate << 20);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Path> tokenizer() throws IOException, ModelLoadException {
        return model == null
                ? Optional.empty()
                : Optional.of(new PackagedModels(HooklineHome.find()).resolve(model));
    }
}
