/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.job.HooklineJob;
import io.hookline.examples.job.TestCluster;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.embedded.BrokerProcess;
import io.hookline.operator.HooklineOptions;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two TaskManagers of one slot each: whichever dies takes half of the job with it. */
class FailoverITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(2, 1);

    private static final HooklineHome HOME = HooklineHome.find();
    private static final Path MODEL = HOME.root().resolve("examples/models/ticketlm");
    private static final int EVENTS = 300;
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir private Path folder;

    @Test
    void taskManagers_killedInTheMiddle_loseAndRepeatNothing(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        Path jars = HOME.root().resolve("examples/broker/target/broker");
        ModelStudy study = study();
        Workload workload = Workload.of(Tickets.packaged(), EVENTS);
        Ledger ledger = new Ledger();
        try (BrokerProcess broker = BrokerProcess.start(jars, folder)) {
            String brokers = broker.bootstrapServers();
            Feed feed = new Feed(brokers);
            feed.createTopics();
            feed.send(study, workload);
            JobClient job = start(brokers, study);
            try (TopicReader reader = new TopicReader(brokers, Ledger::isOutput)) {
                await(ledger, reader, () -> ledger.ended() > 0);
                assertThat(ledger.ended()).as("the kill comes in the middle").isLessThan(EVENTS);
                for (int round = 1; round <= 2; round++) {
                    int restored = round;
                    int before = Math.min(ledger.ended() + 20, EVENTS);
                    cluster.terminateTaskManager(round - 1).get();
                    cluster.startTaskManager();
                    await(
                            ledger,
                            reader,
                            () -> restores(cluster, job) >= restored && ledger.ended() >= before);
                }
                await(
                        ledger,
                        reader,
                        () ->
                                ledger.isComplete(EVENTS)
                                        && reader.isAtEnd()
                                        && judgement(workload, ledger).missed() == 0);
            }
            job.cancel().get();
        }

        assertThat(ledger.duplicates()).isZero();
        assertThat(ledger.results()).isEqualTo(EVENTS);
        assertThat(ledger.deadLetters()).isEmpty();
        assertThat(ledger.accountsFor(EVENTS)).isTrue();
        assertThat(ledger.activations()).containsOnlyKeys(study.blocks().paths());
        assertThat(judgement(workload, ledger).expected()).isPositive();
        assertThat(judgement(workload, ledger).falseAlarms()).isZero();
        Workload.Pair shown = workload.shown().orElseThrow();
        assertThat(ledger.continuation(shown.plain().id())).contains("Status: escalated");
        assertThat(ledger.continuation(shown.steered().id())).contains("Status: solved");
    }

    private static AlertJudgement judgement(Workload workload, Ledger ledger) {
        return AlertJudgement.of(workload.asks(), ledger);
    }

    private static ModelStudy study() throws Exception {
        try (ModelRuntime runtime =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .load(ModelSpec.cpu(MODEL))) {
            return ModelStudy.of(runtime, Tickets.training());
        }
    }

    private static JobClient start(String brokers, ModelStudy study) throws Exception {
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, MODEL.toString());
        options.set(HooklineOptions.BATCH_MAX_SIZE, 8);
        options.set(HooklineOptions.CAPACITY, 24);
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        options.set(KafkaOptions.TOPICS_PARTITIONS, 2);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        env.configure(
                new Configuration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL)
                        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20)
                        .set(
                                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                                Duration.ofMillis(100)));
        HooklineJob.build(env, options, study.modules());
        return env.executeAsync("failover");
    }

    /** Reads on until something holds. */
    private static void await(Ledger ledger, TopicReader reader, Callable<Boolean> enough)
            throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!enough.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("only %d events ended".formatted(ledger.ended()));
            }
            for (ConsumerRecord<String, byte[]> record : reader.poll()) {
                ledger.enter(record);
            }
        }
    }

    private static long restores(MiniCluster cluster, JobClient job) throws Exception {
        return cluster.getExecutionGraph(job.getJobID())
                .get()
                .getCheckpointStatsSnapshot()
                .getCounts()
                .getNumberOfRestoredCheckpoints();
    }
}
