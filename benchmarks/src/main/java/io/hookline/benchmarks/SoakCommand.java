/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench soak}: whether the stream stays as it is. */
@Command(
        name = "soak",
        sortOptions = false,
        description =
                "Runs the main job on real Kafka, events of every kind at four fifths of its capacity, and looks for memory that grows and answers that become slower.")
final class SoakCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Mixin private PassOptions passes = new PassOptions();

    @Option(
            names = "--minutes",
            defaultValue = "10",
            paramLabel = "N",
            description = "how long; may be a fraction; default: ${DEFAULT-VALUE}")
    private double minutes;

    @Option(
            names = "--load",
            defaultValue = "0.8",
            paramLabel = "SHARE",
            description =
                    "of the capacity that is measured first; smaller where other processes take turns; default: ${DEFAULT-VALUE}")
    private double load;

    @Override
    public Integer call() throws Exception {
        require(minutes > 0, "--minutes must be more than 0, got " + minutes);
        require(load > 0 && load <= 1, "--load is a share of 1, got " + load);
        HooklineHome home = HooklineHome.find();
        try (ScratchFolder scratch = ScratchFolder.in(home.cache())) {
            SoakSuite suite =
                    new SoakSuite(
                            PipelineSuite.Setting.of(home, options, passes, scratch.path()),
                            new SoakSuite.Load(load, Duration.ofMillis((long) (60_000 * minutes))));
            options.report(suite.run(), spec.commandLine().getOut());
        }
        return CommandRun.OK;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
        }
    }
}
