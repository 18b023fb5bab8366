/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job that restarts again and again, since its brokers are away. */
@Timeout(180)
final class SinkWithoutBrokerITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(TestCluster.of(1, 1));

    private static final int RESTARTS = 3;

    @Test
    void writers_thatFindNoBroker_sayWhyAndLeaveNoClientBehind() {
        assertThatThrownBy(SinkWithoutBrokerITCase::run)
                .rootCause()
                .isInstanceOf(org.apache.kafka.common.errors.TimeoutException.class);

        // The source of nothing ends at once, so what is left could only be the sink's.
        while (adminClients() > 0) {
            Thread.onSpinWait();
        }
        assertThat(adminClients()).isZero();
    }

    private static void run() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(
                new Configuration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200))
                        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS)
                        .set(
                                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                                Duration.ofMillis(10)));
        env.setParallelism(1);
        env.fromSequence(1, 3)
                .map(number -> envelope())
                .returns(Envelope.class)
                .sinkTo(EnvelopeSink.create(settings(), "main"));
        env.executeAsync("without brokers").getJobExecutionResult().get(120, TimeUnit.SECONDS);
    }

    /** Nobody listens at port 1. */
    private static KafkaSettings settings() {
        return KafkaSettings.from(
                Configuration.fromMap(
                        Map.of(
                                KafkaOptions.BOOTSTRAP_SERVERS.key(),
                                "127.0.0.1:1",
                                KafkaOptions.PROPERTIES.key() + ".default.api.timeout.ms",
                                "600",
                                KafkaOptions.PROPERTIES.key() + ".request.timeout.ms",
                                "500",
                                KafkaOptions.PROPERTIES.key() + ".max.block.ms",
                                "500")));
    }

    private static Envelope envelope() {
        return new Envelope(new Destination.Results(), "key", "key", new byte[0], List.of());
    }

    private static long adminClients() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("kafka-admin-client-thread"))
                .count();
    }
}
