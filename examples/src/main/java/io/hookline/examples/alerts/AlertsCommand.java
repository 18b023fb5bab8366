/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.examples.cli.CommandRun;
import picocli.CommandLine.Command;

/** {@code ./hookline alerts}: what one does with alerts, one subcommand each. */
@Command(
        name = "./hookline alerts",
        synopsisSubcommandLabel = "COMMAND",
        description = "Works on alerts.",
        subcommands = AlertsForwardCommand.class)
public final class AlertsCommand {
    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new AlertsCommand(), arguments));
    }
}
