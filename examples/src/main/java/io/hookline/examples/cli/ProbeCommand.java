/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import picocli.CommandLine.Command;

/** {@code ./hookline probe}: makes probes. */
@Command(
        name = "./hookline probe",
        description = "Makes probes: linear read-outs of activations.",
        synopsisSubcommandLabel = "train",
        subcommands = ProbeTrainCommand.class)
public final class ProbeCommand {
    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new ProbeCommand(), arguments));
    }
}
