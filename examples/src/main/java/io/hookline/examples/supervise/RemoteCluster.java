/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.examples.dist.JobJar;
import io.hookline.examples.models.HooklineHome;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink session cluster that is there, at its REST address. */
public final class RemoteCluster implements JobCluster {
    /** What a client decides for its job, and its own file of configuration would say. */
    private static final Pattern FOR_JOBS =
            Pattern.compile(
                    "(execution\\.(checkpointing|buffer-timeout|watermarks)|pipeline|restart-strategy|state)\\..*|parallelism\\.default");

    private static final String HIGH_AVAILABILITY = "high-availability.type";

    private final String host;
    private final int port;
    private final FlinkRest rest;

    private RemoteCluster(String host, int port) {
        this.host = host;
        this.port = port;
        this.rest = new FlinkRest(host, port);
    }

    /**
     * The cluster at HOST:PORT.
     *
     * @throws IllegalArgumentException when it is not written like that
     */
    public static RemoteCluster at(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException(
                    "an address is HOST:PORT, with the port of Flink's REST endpoint, not '%s'"
                            .formatted(address));
        }
        return new RemoteCluster(address.substring(0, colon), Integer.parseInt(port));
    }

    @Override
    public Map<String, String> defaults() throws InterruptedException {
        return configuration().entrySet().stream()
                .filter(entry -> FOR_JOBS.matcher(entry.getKey()).matches())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Map<String, String> configuration() throws InterruptedException {
        try {
            return rest.configuration();
        } catch (IOException e) {
            throw new ClusterUnavailableException(
                    "no Flink cluster answers at '%s': %s".formatted(rest, said(e)), e);
        }
    }

    @Override
    public StreamExecutionEnvironment environment(Configuration config) throws IOException {
        String jar = JobJar.find(HooklineHome.find()).toString();
        return StreamExecutionEnvironment.createRemoteEnvironment(host, port, config, jar);
    }

    @Override
    public Optional<JobID> running(String name) throws InterruptedException {
        try {
            return rest.running(name);
        } catch (IOException e) {
            throw new ClusterUnavailableException(
                    "the Flink cluster at '%s' does not say what it runs: %s"
                            .formatted(rest, said(e)),
                    e);
        }
    }

    @Override
    public void submitted(JobClient job) {}

    @Override
    public Sighting look(JobID job) throws InterruptedException {
        try {
            Optional<String> state = rest.state(job);
            if (state.isEmpty()) {
                return new Sighting.Gone();
            }
            JobStatus status = JobStatus.valueOf(state.get().toUpperCase(Locale.ROOT));
            return status.isGloballyTerminalState()
                    ? new Sighting.Ended(status)
                    : new Sighting.Alive();
        } catch (IOException e) {
            return new Sighting.Unreachable(said(e));
        }
    }

    @Override
    public boolean recoversJobs() throws InterruptedException {
        String type = configuration().getOrDefault(HIGH_AVAILABILITY, "none");
        return !type.equalsIgnoreCase("none");
    }

    @Override
    public String failure(JobID job) throws InterruptedException {
        try {
            JsonNode newest =
                    rest.get("/jobs/%s/exceptions".formatted(job))
                            .path("exceptionHistory")
                            .path("entries")
                            .path(0);
            return newest.path("stacktrace").asText();
        } catch (IOException e) {
            return "its cluster does not say why: " + said(e);
        }
    }

    private static String said(IOException failure) {
        return failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getMessage();
    }
}
