/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.job.RunCommand;
import io.hookline.examples.job.TestCluster;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that is stopped in the middle goes on where it was, with any parallelism; one whose broker
 * is away goes on when it is back. {@code -Dhookline.outage.seconds=90} keeps it away for longer.
 */
final class JobLifeITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final Path JARS =
            HooklineHome.find().root().resolve("examples/broker/target/broker");

    private static final int PER_SECOND = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("hookline.outage.seconds", 0));

    @TempDir private Path folder;

    /** Events flow all the time, and always some wait in the operator. */
    @Test
    void job_rescaledDrainedAndWithoutItsBroker_losesAndRepeatsNothing(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        Tally tally = new Tally();
        int events;
        Path data = folder.resolve("broker");
        BrokerProcess broker = BrokerProcess.start(JARS, data);
        String brokers = broker.bootstrapServers();
        CompletableFuture<Integer> run = run(brokers, 1, Optional.empty());
        until(() -> running(cluster).size() == 1);
        try (EventFlow flow = new EventFlow(brokers, "events", PER_SECOND);
                TallyReader reader = new TallyReader(brokers, tally)) {
            flow.start();
            reader.start();
            awaitNewEvents(flow, tally);
            String rescaled = stop(cluster, false);
            assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            run = run(brokers, 2, Optional.of(rescaled));
            until(() -> running(cluster).size() == 1);
            awaitNewEvents(flow, tally);
            broker = awayUntilTheJobNotices(cluster, broker, data);
            awaitNewEvents(flow, tally);
            String drained = stop(cluster, true);
            assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            run = run(brokers, 1, Optional.of(drained));
            awaitNewEvents(flow, tally);
            int all = flow.end();
            until(() -> tally.isComplete(all));
            events = all;
            until(() -> running(cluster).size() == 1);
            cluster.cancelJob(running(cluster).get(0)).get();
            assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        } finally {
            broker.close();
        }

        Outcome outcome = Outcome.of(0, events, tally, Duration.ZERO);
        assertThat(outcome.isExact()).as(outcome.json()).isTrue();
        assertThat(outcome.activations().seen()).isGreaterThan(3L * events);
        assertThat(tally.deadLetters()).isZero();
    }

    /** Kills it, and starts it again when the job has failed for want of it. */
    private static BrokerProcess awayUntilTheJobNotices(
            MiniCluster cluster, BrokerProcess broker, Path data) throws Exception {
        JobID job = running(cluster).get(0);
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        process.destroyForcibly();
        long away = System.nanoTime();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        until(() -> cluster.getJobStatus(job).get() == JobStatus.RESTARTING);
        until(() -> System.nanoTime() - away >= OUTAGE.toNanos());
        String servers = broker.bootstrapServers();
        int port = Integer.parseInt(servers.substring(servers.lastIndexOf(':') + 1));
        return BrokerProcess.start(JARS, data, port);
    }

    private static void awaitNewEvents(EventFlow flow, Tally tally) throws Exception {
        int sent = flow.acknowledged();
        until(() -> tally.ended() > sent);
    }

    /** The command, on the mini cluster of this test; its exit code once the job has ended. */
    private static CompletableFuture<Integer> run(
            String brokers, int parallelism, Optional<String> savepoint) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--brokers=" + brokers,
                                "--model=ticketlm",
                                "-Dparallelism.default=" + parallelism,
                                "-Dhookline.topics.partitions=2",
                                "-Dhookline.batch.max-wait=300 ms",
                                "-Dhookline.kafka.properties.request.timeout.ms=2000",
                                "-Dhookline.kafka.properties.default.api.timeout.ms=4000",
                                "-Dhookline.kafka.properties.delivery.timeout.ms=4000",
                                "-Dhookline.kafka.properties.max.block.ms=4000",
                                "-Dexecution.checkpointing.interval=500 ms"));
        savepoint.ifPresent(path -> arguments.add("--restore=" + path));
        return CompletableFuture.supplyAsync(
                () -> CommandRun.of(new RunCommand(), arguments.toArray(new String[0])));
    }

    private String stop(MiniCluster cluster, boolean drain) throws Exception {
        until(() -> running(cluster).size() == 1);
        return cluster.stopWithSavepoint(
                        running(cluster).get(0),
                        folder.resolve("savepoints").toUri().toString(),
                        drain,
                        SavepointFormatType.CANONICAL)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Jobs all of whose tasks run. */
    private static List<JobID> running(MiniCluster cluster) throws Exception {
        List<JobID> found = new ArrayList<>();
        for (JobStatusMessage job : cluster.listJobs().get()) {
            if (job.getJobState() == JobStatus.RUNNING && runs(cluster, job.getJobId())) {
                found.add(job.getJobId());
            }
        }
        return found;
    }

    private static boolean runs(MiniCluster cluster, JobID job) throws Exception {
        for (AccessExecutionVertex task :
                cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
            if (task.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return true;
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
