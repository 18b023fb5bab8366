/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.examples.cli.CommandRun;
import picocli.CommandLine.Command;

/** {@code ./hookline rules}: what one does with alert rules, one subcommand each. */
@Command(
        name = "./hookline rules",
        synopsisSubcommandLabel = "COMMAND",
        description = "Works on alert rules.",
        subcommands = RulesCheckCommand.class)
public final class RulesCommand {
    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new RulesCommand(), arguments));
    }
}
