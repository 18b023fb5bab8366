/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.examples.job.HooklineJob;
import io.hookline.examples.job.LoopbackCluster;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A broker in a process of its own and a Flink cluster in this one, both reachable from this
 * machine only.
 */
final class Embedded implements AutoCloseable {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(500);
    private static final int RESTARTS = 3;
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(15);

    private final Path folder;
    private final BrokerProcess broker;
    private Optional<JobClient> job = Optional.empty();
    private boolean closed;

    private Embedded(Path folder, BrokerProcess broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** Starts the broker; its data live in a folder that goes with it. */
    static Embedded start(HooklineHome home) throws IOException {
        Path folder =
                Files.createTempDirectory(Files.createDirectories(home.cache()), "quickstart-");
        try {
            Path jars = home.root().resolve("examples/broker/target/broker");
            return new Embedded(folder, BrokerProcess.start(jars, folder.resolve("kafka")));
        } catch (IOException e) {
            delete(folder);
            throw e;
        }
    }

    /** {@code host:port} of the broker. */
    String brokers() {
        return broker.bootstrapServers();
    }

    /**
     * Starts the main job.
     *
     * @param options of the job
     * @param modules what gets a topic of activations
     */
    JobClient run(Configuration options, Collection<String> modules, int parallelism)
            throws Exception {
        Configuration config = new Configuration(options);
        config.addAll(local());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
        HooklineJob.build(env, config, modules);
        JobClient client = env.executeAsync("hookline");
        job = Optional.of(client);
        return client;
    }

    private static Configuration local() {
        Configuration config = LoopbackCluster.configuration();
        config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        return config;
    }

    /** Ends the job and the broker, and removes their data. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (job.isPresent()) {
                job.get().cancel().get(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS);
                job.get().getJobExecutionResult().get(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            // That is how a cancelled job ends; one that does not end goes with this process.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            broker.close();
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> entries;
        try (Stream<Path> tree = Files.walk(folder)) {
            entries = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }
}
