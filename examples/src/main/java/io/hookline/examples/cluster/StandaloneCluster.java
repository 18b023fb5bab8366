/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import io.hookline.examples.supervise.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/** One JobManager and any number of TaskManagers, each of which may be killed and started again. */
public final class StandaloneCluster implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final String JOB_MANAGER = "jobmanager";

    private final ClusterSettings settings;
    private final Configuration config;
    private final FlinkRest rest;
    private final TreeMap<Integer, JavaProcess> taskManagers = new TreeMap<>();
    private JavaProcess jobManager;

    private StandaloneCluster(
            ClusterSettings settings, Configuration config, JavaProcess jobManager) {
        this.settings = settings;
        this.config = config;
        this.jobManager = jobManager;
        this.rest = new FlinkRest(config.get(RestOptions.ADDRESS), config.get(RestOptions.PORT));
    }

    /** Starts it and returns once its TaskManagers have registered. */
    public static StandaloneCluster start(ClusterSettings settings, int taskManagers)
            throws IOException, InterruptedException {
        Configuration config = settings.write();
        StandaloneCluster cluster =
                new StandaloneCluster(settings, config, jobManager(settings, config));
        try {
            for (int number = 0; number < taskManagers; number++) {
                cluster.startTaskManager(number);
            }
            cluster.awaitTaskManagers(taskManagers);
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static JavaProcess jobManager(ClusterSettings settings, Configuration config)
            throws IOException {
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(config);
        String jvm = JobManagerProcessUtils.generateJvmParametersStr(memory, config);
        List<String> arguments = arguments(settings);
        arguments.addAll(List.of("--executionMode", "cluster"));
        arguments.addAll(words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
        return process(
                settings,
                config,
                new JavaProcess.Command(
                        JOB_MANAGER,
                        words(jvm),
                        settings.distribution().cluster(),
                        StandaloneSessionClusterEntrypoint.class.getName(),
                        arguments));
    }

    /** Starts a TaskManager, and does not wait for it. */
    public void startTaskManager(int number) throws IOException {
        TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(config);
        List<String> arguments = arguments(settings);
        arguments.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
        JavaProcess started =
                process(
                        settings,
                        config,
                        new JavaProcess.Command(
                                "taskmanager-" + number,
                                words(ProcessMemoryUtils.generateJvmParametersStr(memory)),
                                settings.distribution().cluster(),
                                TaskManagerRunner.class.getName(),
                                arguments));
        taskManagers.put(number, started);
    }

    /** Starts the JobManager again, and does not wait for it. */
    public void startJobManager() throws IOException {
        jobManager = jobManager(settings, config);
    }

    private static List<String> arguments(ClusterSettings settings) {
        return new ArrayList<>(List.of("--configDir", settings.configurationFolder().toString()));
    }

    private static JavaProcess process(
            ClusterSettings settings, Configuration config, JavaProcess.Command command)
            throws IOException {
        List<String> jvm = new ArrayList<>(command.jvm());
        jvm.addAll(words(config.get(CoreOptions.FLINK_JVM_OPTIONS)));
        jvm.add(Logging.to(settings.configurationFolder()));
        return JavaProcess.start(
                new JavaProcess.Command(
                        command.name(),
                        jvm,
                        command.classPath(),
                        command.mainClass(),
                        command.arguments()),
                settings.folder());
    }

    /** Quotes are for shells. */
    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .map(word -> word.replace("'", ""))
                .toList();
    }

    /** Returns once that many TaskManagers have registered. */
    public void awaitTaskManagers(int count) throws IOException, InterruptedException {
        Until.holds(
                READY_WITHIN,
                count + " TaskManagers have registered",
                jobManager,
                () -> registered() >= count);
    }

    private int registered() throws InterruptedException {
        try {
            return rest.get("/overview").path("taskmanagers").asInt();
        } catch (IOException notYet) {
            return 0;
        }
    }

    /** What it says. */
    public FlinkRest rest() {
        return rest;
    }

    /** Where it is submitted to: {@code 127.0.0.1:port}. */
    public String address() {
        return config.get(RestOptions.ADDRESS) + ":" + config.get(RestOptions.PORT);
    }

    /** Its JobManager, the newest one. */
    public JavaProcess jobManager() {
        return jobManager;
    }

    /** One of its TaskManagers, the newest of that number. */
    public JavaProcess taskManager(int number) {
        JavaProcess process = taskManagers.get(number);
        if (process == null) {
            throw new IllegalArgumentException(
                    "no TaskManager %d, there are %s".formatted(number, taskManagers.keySet()));
        }
        return process;
    }

    /** Where it writes. */
    public Path folder() {
        return settings.folder();
    }

    /** Ends all processes. */
    @Override
    public void close() {
        taskManagers.values().parallelStream().forEach(JavaProcess::close);
        jobManager.close();
    }
}
