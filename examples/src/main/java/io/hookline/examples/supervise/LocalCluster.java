/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Flink inside this process, started anew for each submission. */
public final class LocalCluster implements JobCluster {
    private static final long PATIENCE_SECONDS = 30;

    private final Configuration base;
    private final Map<String, String> defaults;
    private @Nullable JobClient job;

    /**
     * A cluster of one's own.
     *
     * @param base addresses and sizes
     * @param defaults of jobs
     */
    public LocalCluster(Configuration base, Map<String, String> defaults) {
        this.base = new Configuration(base);
        this.defaults = Map.copyOf(defaults);
    }

    @Override
    public Map<String, String> defaults() {
        return defaults;
    }

    @Override
    public StreamExecutionEnvironment environment(Configuration config) {
        Configuration all = new Configuration(base);
        all.addAll(config);
        return StreamExecutionEnvironment.createLocalEnvironment(all);
    }

    @Override
    public Optional<JobID> running(String name) {
        return Optional.empty();
    }

    @Override
    public void submitted(JobClient submitted) {
        job = submitted;
    }

    @Override
    public Sighting look(JobID id) throws InterruptedException {
        try {
            JobStatus status = get(requireNonNull(job, "job").getJobStatus());
            return status.isGloballyTerminalState()
                    ? new Sighting.Ended(status)
                    : new Sighting.Alive();
        } catch (ExecutionException clusterEnded) {
            return new Sighting.Gone();
        } catch (TimeoutException e) {
            return new Sighting.Unreachable("no answer for %d s".formatted(PATIENCE_SECONDS));
        }
    }

    /** What is inside a process goes with it. */
    @Override
    public boolean recoversJobs() {
        return false;
    }

    @Override
    public String failure(JobID id) throws InterruptedException {
        try {
            get(requireNonNull(job, "job").getJobExecutionResult());
            return "";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        } catch (TimeoutException e) {
            return "its cluster does not say why";
        }
    }

    private static <T> T get(CompletableFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
