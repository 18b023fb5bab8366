/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.models.HooklineHome;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./hookline chaos}. */
final class ChaosITCase {
    private static final int PER_SECOND = 20;

    @TempDir private Path folder;

    @Test
    void jobManagerAndBroker_killedTogether_loseAndRepeatNothing() throws Exception {
        Chaos chaos =
                new Chaos(
                        List.of(
                                new KillPlan.Kill(
                                        new Victim.JobManager(),
                                        false,
                                        Duration.ZERO,
                                        Duration.ZERO),
                                new KillPlan.Kill(
                                        new Victim.Broker(),
                                        true,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(2))),
                        PER_SECOND,
                        Scene.Recovery.ZOOKEEPER,
                        "ticketlm",
                        folder);

        Outcome outcome =
                chaos.run(HooklineHome.find(), new PrintStream(OutputStream.nullOutputStream()));

        assertThat(outcome.isExact()).as(outcome.json()).isTrue();
        assertThat(outcome.events()).isGreaterThan(100);
        assertThat(outcome.activations().seen()).isGreaterThan(3L * outcome.events());
    }
}
