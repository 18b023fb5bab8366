/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline chaos}: the job survives the loss of any process, and loses nothing. */
@Command(
        name = "./hookline chaos",
        sortOptions = false,
        description =
                "Runs broker, JobManager, two TaskManagers and the job as processes of their own, kills them at random with SIGKILL"
                        + " while events flow, and counts what a read_committed reader sees of every event.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing was lost and nothing came twice", "1:anything else"})
public final class ChaosCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "10",
            description = "how many processes to kill (default: 10)")
    private int kills;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "who is killed when (default: 1)")
    private long seed;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description = "events in a second (default: 20)")
    private int rate;

    @Option(
            names = "--outage",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "how long a killed broker stays away at least (default: up to 2 s, at random)")
    private int outage;

    @Option(
            names = "--no-ha",
            description =
                    "without ZooKeeper: a JobManager that is killed forgets the job, and './hookline run' submits it again")
    private boolean noHa;

    @Option(names = "--json", description = "print one JSON object as the last line")
    private boolean json;

    @Option(
            names = "--keep",
            description = "keep the logs and data of all processes when all went well, too")
    private boolean keep;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.setProperty("hookline.log.to", "file");
        System.setProperty(
                "hookline.log.file", HooklineHome.find().cache().resolve("chaos.log").toString());
        System.exit(CommandRun.of(new ChaosCommand(), arguments));
    }

    @Override
    public Integer call() throws Exception {
        require(kills >= 0, "--kills must be at least 0, got " + kills);
        require(rate >= 1, "--rate must be at least 1, got " + rate);
        require(outage >= 0, "--outage must be at least 0, got " + outage);
        HooklineHome home = HooklineHome.find();
        Path folder = Files.createTempDirectory(Files.createDirectories(home.cache()), "chaos-");
        Chaos chaos =
                new Chaos(
                        KillPlan.of(kills, seed).stream()
                                .map(kill -> kill.withOutage(Duration.ofSeconds(outage)))
                                .toList(),
                        rate,
                        noHa ? Scene.Recovery.RESUBMISSION : Scene.Recovery.ZOOKEEPER,
                        PackagedModels.TICKETLM,
                        folder);
        out.printf("Hookline chaos: %d kills, seed %d, %d events/s%n", kills, seed, rate);
        out.printf("  logs of all processes: '%s'%n", folder);
        Outcome outcome = chaos.run(home, out);
        report(outcome);
        if (!keep && outcome.isExact()) {
            delete(folder);
        }
        if (json) {
            out.println(outcome.json());
        }
        return outcome.isExact() ? CommandRun.OK : CommandRun.FAILED;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
        }
    }

    private void report(Outcome outcome) {
        out.printf(
                "%n  events               %,9d sent, %,d ended, %d lost, %d duplicated%n",
                outcome.events(), outcome.results(), outcome.lost(), outcome.duplicated());
        out.printf(
                "  activation records   %,9d read, %d lost, %d duplicated%n",
                outcome.activations().seen(),
                outcome.activations().lost(),
                outcome.activations().duplicated());
        out.printf(
                "  longest time without a result %.1f s%n", outcome.longestGap().toMillis() / 1e3);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> entries;
        try (Stream<Path> tree = Files.walk(folder)) {
            entries = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }
}
