/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.cluster.JavaProcess;
import io.hookline.examples.dist.Distribution;
import io.hookline.examples.job.RunCommand;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job, broker aside, is one process: what is left when that is killed are its checkpoints. */
final class LocalRunITCase {
    private static final HooklineHome HOME = HooklineHome.find();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private Path folder;

    @Test
    void run_killedAndRestoredFromTheLatest_losesAndRepeatsNothing() throws Exception {
        Tally tally = new Tally();
        int events;
        Path jars = HOME.root().resolve("examples/broker/target/broker");
        try (BrokerProcess broker = BrokerProcess.start(jars, folder.resolve("broker"))) {
            JavaProcess first = run(broker, "first");
            until(first, () -> Files.readString(first.log()).contains("job 'local' runs"));
            try (EventFlow flow = new EventFlow(broker.bootstrapServers(), "events", 20);
                    TallyReader reader = new TallyReader(broker.bootstrapServers(), tally)) {
                flow.start();
                reader.start();
                until(first, () -> tally.ended() > 20);
                first.kill();
                int sent = flow.acknowledged();
                try (JavaProcess second = run(broker, "second", "--restore=latest")) {
                    until(second, () -> tally.ended() > sent);
                    int all = flow.end();
                    until(second, () -> tally.isComplete(all));
                    events = all;
                    assertThat(second.log()).content().contains("restored from");
                }
            }
        }

        Outcome outcome = Outcome.of(1, events, tally, Duration.ZERO);
        assertThat(outcome.isExact()).as(outcome.json()).isTrue();
    }

    private JavaProcess run(BrokerProcess broker, String name, String... more) throws IOException {
        Distribution distribution = Distribution.find(HOME);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--brokers=" + broker.bootstrapServers(),
                                "--model=ticketlm",
                                "--job-name=local",
                                "-Dparallelism.default=1",
                                "-Dhookline.topics.partitions=1",
                                "-Dexecution.checkpointing.interval=500 ms",
                                "-Dexecution.checkpointing.dir="
                                        + folder.resolve("checkpoints").toUri()));
        arguments.addAll(List.of(more));
        return JavaProcess.start(
                new JavaProcess.Command(
                        name,
                        List.of("-Xmx1g", "-D%s=%s".formatted(HooklineHome.PROPERTY, HOME.root())),
                        Stream.concat(distribution.cluster().stream(), distribution.job().stream())
                                .toList(),
                        RunCommand.class.getName(),
                        arguments),
                folder);
    }

    private static void until(JavaProcess process, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            process.requireAlive();
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
