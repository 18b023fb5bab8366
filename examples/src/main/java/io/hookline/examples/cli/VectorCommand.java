/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import picocli.CommandLine.Command;

/** {@code ./hookline vector}: makes steering vectors. */
@Command(
        name = "./hookline vector",
        description = "Makes vectors that interventions add.",
        synopsisSubcommandLabel = "train",
        subcommands = VectorTrainCommand.class)
public final class VectorCommand {
    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new VectorCommand(), arguments));
    }
}
