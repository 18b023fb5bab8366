/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import picocli.CommandLine.Command;

/** {@code ./hookline bench}: the suites of benchmarks, one subcommand each. */
@Command(
        name = "./hookline bench",
        synopsisSubcommandLabel = "SUITE",
        description = "Measures what Hookline costs, as ratios in one run.",
        subcommands = {
            HooksCommand.class,
            GenerationCommand.class,
            NnsightCommand.class,
            PipelineCommand.class,
            SoakCommand.class,
            LiveCommand.class,
            DetectorsCommand.class,
            HeldCommand.class
        })
public final class BenchCommand {
    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new BenchCommand(), arguments));
    }
}
