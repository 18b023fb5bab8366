/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.examples.supervise.ClusterUnavailableException;
import io.hookline.kafka.KafkaSetupException;
import io.hookline.model.ModelException;
import io.hookline.runtime.ModelLoadException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.flink.configuration.IllegalConfigurationException;
import picocli.CommandLine;

/** Runs a command: its exit codes, and how its failures are told to people. */
public final class CommandRun {
    /** Everything went well. */
    public static final int OK = 0;

    /** Anything else. */
    public static final int FAILED = 1;

    /** A program was refused. */
    public static final int REFUSED = 2;

    private CommandRun() {}

    /**
     * Parses the arguments and runs the command.
     *
     * @param command annotated for picocli
     * @return the exit code
     */
    public static int of(Object command, String... arguments) {
        return line(command).execute(arguments);
    }

    static CommandLine line(Object command) {
        CommandLine line = new CommandLine(command);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(CommandRun::explain);
        addHelp(line);
        line.getSubcommands().values().forEach(CommandRun::addHelp);
        return line;
    }

    private static void addHelp(CommandLine line) {
        line.getCommandSpec()
                .addOption(
                        CommandLine.Model.OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("print this")
                                .build());
    }

    private static int explain(
            Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        String said = expected(exception);
        if (said.isEmpty()) {
            exception.printStackTrace(command.getErr());
        } else {
            command.getErr().println(command.getCommandName() + ": " + said);
        }
        command.getErr().flush();
        return FAILED;
    }

    /** What a failure that users cause says; empty for a defect, which shows its trace. */
    private static String expected(Exception exception) {
        if (exception instanceof ModelLoadException refused) {
            return refused.code() + " " + refused.getMessage();
        }
        if (exception instanceof KafkaSetupException
                || exception instanceof ClusterUnavailableException
                || exception instanceof IllegalConfigurationException) {
            return String.valueOf(exception.getMessage());
        }
        if (exception instanceof ModelException refused) {
            return refused.code() + " " + refused.getMessage();
        }
        if (exception instanceof NoSuchFileException missing) {
            return "no file '%s'".formatted(missing.getFile());
        }
        if (exception instanceof IOException && exception.getMessage() != null) {
            return exception.getMessage();
        }
        return "";
    }
}
