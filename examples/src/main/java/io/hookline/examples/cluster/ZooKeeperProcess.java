/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import io.hookline.examples.dist.Distribution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A single ZooKeeper on 127.0.0.1, the one that Flink brings. */
public final class ZooKeeperProcess implements AutoCloseable {
    private static final String MAIN =
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer";
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final JavaProcess process;
    private final int port;

    private ZooKeeperProcess(JavaProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it and returns once it listens. */
    public static ZooKeeperProcess start(Distribution distribution, Path folder)
            throws IOException, InterruptedException {
        int port = Ports.free();
        Path home = Files.createDirectories(folder.resolve("zookeeper")).toAbsolutePath();
        Path settings =
                Files.writeString(
                        home.resolve("zoo.cfg"),
                        """
                        dataDir=%s
                        clientPort=%d
                        clientPortAddress=127.0.0.1
                        tickTime=1000
                        """
                                .formatted(home.resolve("data"), port));
        List<String> jvm =
                List.of(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-Dzookeeper.admin.enableServer=false",
                        Logging.to(home));
        JavaProcess process =
                JavaProcess.start(
                        new JavaProcess.Command(
                                "zookeeper",
                                jvm,
                                distribution.flink(),
                                MAIN,
                                List.of("--zkConfigFile", settings.toString(), "--peerId", "1")),
                        folder);
        Until.holds(READY_WITHIN, "ZooKeeper listens", process, () -> listens(port));
        return new ZooKeeperProcess(process, port);
    }

    private static boolean listens(int port) {
        try (Socket socket =
                new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What clients connect to: {@code 127.0.0.1:port}. */
    public String quorum() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }
}
