/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.time.Duration;
import java.util.concurrent.Callable;
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
                "Runs the main job on real Kafka at four fifths of its capacity and looks for memory that grows and answers that become slower.")
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

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        try (ScratchFolder scratch = ScratchFolder.in(home.cache())) {
            SoakSuite suite =
                    new SoakSuite(
                            PipelineSuite.Setting.of(home, options, passes, scratch.path()),
                            Duration.ofMillis((long) (60_000 * minutes)));
            options.report(suite.run(), spec.commandLine().getOut());
        }
        return CommandRun.OK;
    }
}
