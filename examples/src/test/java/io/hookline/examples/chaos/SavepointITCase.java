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
import java.util.Map;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job that is stopped in the middle goes on where it was, with any parallelism. */
final class SavepointITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final Path JARS =
            HooklineHome.find().root().resolve("examples/broker/target/broker");

    private static final int PER_SECOND = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir private Path folder;

    @Test
    void job_rescaledBySavepointsInTheMiddle_losesAndRepeatsNothing(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        assertExact(cluster, new int[] {1, 2, 1}, false);
    }

    @Test
    void job_drainedInTheMiddle_losesAndRepeatsNothing(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        assertExact(cluster, new int[] {2, 2}, true);
    }

    /** Events flow all the time, and always some wait in the operator. */
    private void assertExact(MiniCluster cluster, int[] parallelisms, boolean drain)
            throws Exception {
        Tally tally = new Tally();
        int events;
        try (BrokerProcess broker = BrokerProcess.start(JARS, folder.resolve("broker"));
                EventFlow flow = flow(broker)) {
            CompletableFuture<Integer> run = run(broker, parallelisms[0], Optional.empty());
            until(() -> running(cluster).size() == 1);
            try (TallyReader reader = new TallyReader(broker.bootstrapServers(), tally)) {
                reader.start();
                for (int next = 1; next < parallelisms.length; next++) {
                    awaitNewEvents(flow, tally);
                    Optional<String> savepoint = Optional.of(stop(cluster, drain));
                    assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
                    run = run(broker, parallelisms[next], savepoint);
                    until(() -> running(cluster).size() == 1);
                }
                awaitNewEvents(flow, tally);
                int sent = flow.end();
                until(() -> tally.isComplete(sent));
                events = sent;
                cluster.cancelJob(running(cluster).get(0)).get();
                assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            }
        }

        Outcome outcome = Outcome.of(0, events, tally, Duration.ZERO);
        assertThat(outcome.isExact()).as(outcome.json()).isTrue();
        assertThat(outcome.activations().seen()).isGreaterThan(3L * events);
        assertThat(tally.deadLetters()).isZero();
    }

    private static void awaitNewEvents(EventFlow flow, Tally tally) throws Exception {
        int sent = flow.acknowledged();
        until(() -> tally.ended() > sent);
    }

    private static EventFlow flow(BrokerProcess broker) throws Exception {
        String brokers = broker.bootstrapServers();
        Map<String, Object> settings = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        try (Admin admin = Admin.create(settings)) {
            NewTopic topic =
                    new NewTopic("events", 4, (short) 1)
                            .configs(Map.of("max.message.bytes", "1048576"));
            admin.createTopics(List.of(topic)).all().get();
        }
        EventFlow flow = new EventFlow(brokers, "events", PER_SECOND);
        flow.start();
        return flow;
    }

    /** The command, on the mini cluster of this test; its exit code once the job has ended. */
    private static CompletableFuture<Integer> run(
            BrokerProcess broker, int parallelism, Optional<String> savepoint) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--brokers=" + broker.bootstrapServers(),
                                "--model=ticketlm",
                                "-Dparallelism.default=" + parallelism,
                                "-Dhookline.topics.partitions=2",
                                "-Dhookline.batch.max-wait=300 ms",
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
