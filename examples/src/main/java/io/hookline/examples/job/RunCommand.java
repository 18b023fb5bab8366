/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.supervise.CheckpointFolder;
import io.hookline.examples.supervise.JobCluster;
import io.hookline.examples.supervise.LocalCluster;
import io.hookline.examples.supervise.RemoteCluster;
import io.hookline.examples.supervise.Supervisor;
import io.hookline.model.Module;
import io.hookline.operator.HooklineOptions;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./hookline run}: the main job on brokers that are there. It runs in this process or on a
 * Flink cluster, and is submitted again when its cluster loses it. Started by Flink's own client it
 * runs where that says, and Flink alone looks after it.
 */
@Command(
        name = "./hookline run",
        sortOptions = false,
        description =
                "Runs the main job between the topics of a Kafka cluster: in this process, or on the Flink cluster of --jobmanager."
                        + " Stays, and submits the job again from its newest complete checkpoint when its cluster is lost.")
public final class RunCommand implements Callable<Integer> {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    private static final String LATEST = "latest";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private JobOptions options = new JobOptions();

    @Option(
            names = "--jobmanager",
            paramLabel = "HOST:PORT",
            description =
                    "the REST address of a Flink cluster to run on, with Hookline's jars in its lib folder ('./hookline package');"
                            + " default: inside this process")
    private @Nullable String jobManager;

    @Option(
            names = "--restore",
            paramLabel = "PATH",
            description =
                    "a savepoint or checkpoint to begin with; 'latest' for the newest complete checkpoint of this job's name")
    private @Nullable String restore;

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        int code = CommandRun.of(new RunCommand(), arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (jobManager != null) {
            return supervise(remote(jobManager));
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LoopbackCluster.configuration());
        if (env instanceof LocalStreamEnvironment) {
            return supervise(local());
        }
        JobClient job = start(env);
        System.err.printf("hookline: job '%s' runs, %s%n", options.jobName(), job.getJobID());
        return await(job);
    }

    private static int await(JobClient job) throws Exception {
        try {
            job.getJobExecutionResult().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof JobCancellationException)) {
                throw e;
            }
        }
        return CommandRun.OK;
    }

    private RemoteCluster remote(String address) {
        try {
            return RemoteCluster.at(address);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--jobmanager: " + e.getMessage(), e);
        }
    }

    private static LocalCluster local() {
        String checkpoints = HooklineHome.find().cache().resolve("checkpoints").toUri().toString();
        return new LocalCluster(
                LoopbackCluster.configuration(),
                Map.of(CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(), checkpoints));
    }

    private int supervise(JobCluster cluster) throws Exception {
        Configuration config = Configuration.fromMap(cluster.defaults());
        config.addAll(options.configuration());
        Optional<CheckpointFolder> checkpoints =
                config.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .map(base -> CheckpointFolder.of(base, options.jobName()));
        checkpoints.ifPresent(
                folder -> config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.uri()));
        config.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        Supervisor.Submission submission =
                new Supervisor.Submission(
                        options.jobName(), from -> start(cluster, config, from), checkpoints);
        JobStatus end = new Supervisor(cluster, submission, System.err).run(restore(checkpoints));
        return end == JobStatus.FAILED ? CommandRun.FAILED : CommandRun.OK;
    }

    private Optional<String> restore(Optional<CheckpointFolder> checkpoints) throws IOException {
        if (restore == null || !restore.equals(LATEST)) {
            return Optional.ofNullable(restore);
        }
        Optional<String> newest =
                checkpoints.isPresent() ? checkpoints.get().newest() : Optional.empty();
        if (newest.isEmpty()) {
            throw new FileNotFoundException(
                    "job '%s' has no complete checkpoint in '%s'"
                            .formatted(
                                    options.jobName(),
                                    checkpoints.map(CheckpointFolder::uri).orElse("")));
        }
        return newest;
    }

    private JobClient start(JobCluster cluster, Configuration config, Optional<String> from)
            throws Exception {
        Configuration all = new Configuration(config);
        from.ifPresent(path -> all.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
        return start(cluster.environment(forFlink(all)), all);
    }

    /** Builds the job into an environment and starts it there. */
    JobClient start(StreamExecutionEnvironment env) throws Exception {
        Configuration config = options.configuration();
        if (restore != null) {
            config.set(StateRecoveryOptions.SAVEPOINT_PATH, restore);
        }
        env.configure(forFlink(config));
        return start(env, config);
    }

    private JobClient start(StreamExecutionEnvironment env, Configuration config) throws Exception {
        if (env.getCheckpointInterval() <= 0) {
            env.enableCheckpointing(CHECKPOINT_INTERVAL.toMillis());
        }
        HooklineJob.build(env, config, modules(Path.of(config.get(HooklineOptions.MODEL_PATH))));
        return env.executeAsync(options.jobName());
    }

    /** The job's own options travel with its operators; secrets among them are nobody else's. */
    private static Configuration forFlink(Configuration config) {
        Configuration flink = new Configuration();
        config.toMap()
                .forEach(
                        (key, value) -> {
                            if (!key.startsWith("hookline.")) {
                                flink.setString(key, value);
                            }
                        });
        return flink;
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
}
