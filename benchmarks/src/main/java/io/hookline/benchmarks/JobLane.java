/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.job.LoopbackCluster;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink job in this process that runs until it is closed, behind a turnstile. */
final class JobLane implements Lane {
    private static final int ENOUGH_SECONDS = 30;

    private final Turnstile turnstile;
    private final JobClient job;
    private final Feed feed;

    /** Sends events that the turnstile lets in. */
    @FunctionalInterface
    interface Feed {
        void send(int events) throws Exception;
    }

    JobLane(Turnstile turnstile, JobClient job, Feed feed) {
        this.turnstile = turnstile;
        this.job = job;
        this.feed = feed;
    }

    /** A job that makes its events itself. */
    JobLane(Turnstile turnstile, JobClient job) {
        this(turnstile, job, events -> {});
    }

    /** Where jobs are built: this process, one slot, no restarts. */
    static StreamExecutionEnvironment environment(Duration checkpoints) {
        Configuration config = LoopbackCluster.configuration();
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (!checkpoints.isZero()) {
            config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
        }
        return StreamExecutionEnvironment.createLocalEnvironment(1, config);
    }

    /** What a number stands for, for each number that the turnstile lets in. */
    static <T> SingleOutputStreamOperator<T> source(
            StreamExecutionEnvironment env, TurnstileSource<T> source) {
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), "numbers")
                .setBufferTimeout(1);
    }

    @Override
    public void run(int events) throws Exception {
        turnstile.allow(events);
        feed.send(events);
        turnstile.awaitAll(this::check);
    }

    private void check() throws Exception {
        if (job.getJobStatus().get(ENOUGH_SECONDS, TimeUnit.SECONDS).isTerminalState()) {
            job.getJobExecutionResult().get(ENOUGH_SECONDS, TimeUnit.SECONDS);
            throw new IllegalStateException("a job has ended before its events");
        }
    }

    @Override
    public void close() {
        try {
            job.cancel().get(ENOUGH_SECONDS, TimeUnit.SECONDS);
            job.getJobExecutionResult().get(ENOUGH_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException canceled) {
            // That is how a cancelled job ends; one that does not end goes with this process.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
