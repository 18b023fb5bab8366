/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import io.hookline.examples.dist.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * A cluster to start: a folder with a config.yaml, of which only addresses, ports and paths are
 * replaced.
 *
 * @param shipped the folder of the config.yaml
 * @param folder for everything that the cluster writes
 * @param overrides further options
 */
public record ClusterSettings(
        Distribution distribution, Path shipped, Path folder, Map<String, String> overrides) {
    private static final String LOOPBACK = "127.0.0.1";

    public ClusterSettings {
        folder = folder.toAbsolutePath();
        overrides = Map.copyOf(overrides);
    }

    /** The same with one option more. */
    public ClusterSettings with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(overrides);
        more.put(key, value);
        return new ClusterSettings(distribution, shipped, folder, more);
    }

    /** The same with JobManagers that find their jobs again in ZooKeeper. */
    public ClusterSettings highlyAvailable(ZooKeeperProcess zooKeeper) {
        return with(HighAvailabilityOptions.HA_MODE.key(), "zookeeper")
                .with(HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM.key(), zooKeeper.quorum());
    }

    /** Where Flink's processes find their configuration. */
    Path configurationFolder() {
        return folder.resolve("conf");
    }

    /** Writes the configuration of the processes. */
    Configuration write() throws IOException {
        Configuration config = GlobalConfiguration.loadConfiguration(shipped.toString());
        addresses(config);
        paths(config);
        overrides.forEach(config::setString);
        List<String> lines = ConfigurationUtils.convertConfigToWritableLines(config, true);
        Files.createDirectories(configurationFolder());
        Files.write(configurationFolder().resolve("config.yaml"), lines);
        return config;
    }

    private static void addresses(Configuration config) throws IOException {
        int rpc = Ports.free();
        int rest = Ports.free();
        config.set(JobManagerOptions.ADDRESS, LOOPBACK);
        config.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        config.set(JobManagerOptions.PORT, rpc);
        config.set(HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE, Integer.toString(rpc));
        config.set(BlobServerOptions.PORT, "0");
        config.set(RestOptions.ADDRESS, LOOPBACK);
        config.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        config.set(RestOptions.PORT, rest);
        config.set(RestOptions.BIND_PORT, Integer.toString(rest));
        config.set(TaskManagerOptions.HOST, LOOPBACK);
        config.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    }

    private void paths(Configuration config) {
        config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri("checkpoints"));
        config.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri("savepoints"));
        config.set(HighAvailabilityOptions.HA_STORAGE_PATH, uri("ha"));
        config.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    }

    private String uri(String name) {
        return folder.resolve(name).toUri().toString();
    }
}
