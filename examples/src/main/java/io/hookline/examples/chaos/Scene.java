/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import io.hookline.examples.cluster.ClusterSettings;
import io.hookline.examples.cluster.JavaProcess;
import io.hookline.examples.cluster.StandaloneCluster;
import io.hookline.examples.cluster.ZooKeeperProcess;
import io.hookline.examples.dist.Distribution;
import io.hookline.examples.job.RunCommand;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker, a Flink cluster and the command that keeps the job running, each a process of its own.
 */
@SuppressWarnings("NullAway.Init") // Nobody has a scene that has not been started.
final class Scene implements AutoCloseable {
    private static final int TASK_MANAGERS = 2;
    private static final String GROUP = "chaos";

    private final HooklineHome home;
    private final Path folder;
    private final Deque<Runnable> opened = new ArrayDeque<>();
    private BrokerProcess broker;
    private StandaloneCluster cluster;
    private JavaProcess runner;

    /** Whether the cluster finds its jobs again by itself, in ZooKeeper. */
    enum Recovery {
        ZOOKEEPER,
        RESUBMISSION
    }

    private Scene(HooklineHome home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    /** Starts everything; the job runs soon after. */
    static Scene open(HooklineHome home, Path folder, Recovery recovery, String model)
            throws IOException, InterruptedException {
        Scene scene = new Scene(home, folder);
        try {
            scene.start(recovery, model);
            return scene;
        } catch (IOException | InterruptedException | RuntimeException e) {
            scene.close();
            throw e;
        }
    }

    private void start(Recovery recovery, String model) throws IOException, InterruptedException {
        broker = BrokerProcess.start(jars(), folder.resolve("broker"));
        opened.push(() -> broker.close());
        Distribution distribution = Distribution.find(home);
        ClusterSettings settings =
                new ClusterSettings(
                        distribution, home.root().resolve("flink-conf"), folder, Map.of());
        if (recovery == Recovery.ZOOKEEPER) {
            ZooKeeperProcess zooKeeper = ZooKeeperProcess.start(distribution, folder);
            opened.push(zooKeeper::close);
            settings = settings.highlyAvailable(zooKeeper);
        }
        cluster = StandaloneCluster.start(settings, TASK_MANAGERS);
        opened.push(cluster::close);
        runner = run(distribution, model);
        opened.push(runner::close);
    }

    private JavaProcess run(Distribution distribution, String model) throws IOException {
        List<Path> classPath =
                Stream.concat(distribution.cluster().stream(), distribution.job().stream())
                        .toList();
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--jobmanager=" + cluster.address(),
                                "--brokers=" + broker.bootstrapServers(),
                                "--model=" + model,
                                "--job-name=" + GROUP,
                                "--group=" + GROUP,
                                "--from=earliest"));
        options().forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
        return JavaProcess.start(
                new JavaProcess.Command(
                        "run",
                        List.of(
                                "-Xmx512m",
                                "-D%s=%s".formatted(HooklineHome.PROPERTY, home.root())),
                        classPath,
                        RunCommand.class.getName(),
                        arguments),
                folder);
    }

    private static Map<String, String> options() {
        return Map.of(
                "hookline.topics.partitions", "2",
                "hookline.topics.replication-factor", "1",
                "execution.checkpointing.interval", "1 s");
    }

    private Path jars() {
        return home.root().resolve("examples/broker/target/broker");
    }

    String brokers() {
        return broker.bootstrapServers();
    }

    StandaloneCluster cluster() {
        return cluster;
    }

    /** Goes on if the command that keeps the job running does. */
    void requireRunning() throws IOException {
        runner.requireAlive();
    }

    void killBroker() throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        process.destroyForcibly();
        while (process.isAlive()) {
            Thread.sleep(1);
        }
    }

    /** Starts it again where it was, with the data that it had. */
    void startBroker() throws IOException {
        String servers = broker.bootstrapServers();
        int port = Integer.parseInt(servers.substring(servers.lastIndexOf(':') + 1));
        broker = BrokerProcess.start(jars(), folder.resolve("broker"), port);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
