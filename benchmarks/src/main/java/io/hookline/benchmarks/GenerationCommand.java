/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench generation}: what it gives that events generate together. */
@Command(
        name = "generation",
        sortOptions = false,
        description =
                "Generates with events that join and leave, beside batches that end as a whole and beside one thread for each event.")
final class GenerationCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "threads that generate in the jobs; default: ${DEFAULT-VALUE}")
    private int threads;

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        GenerationSuite suite =
                new GenerationSuite(
                        new GenerationSuite.Setting(
                                options.model(home),
                                home.cache().resolve("canonical"),
                                threads,
                                options.isQuick()));
        options.report(suite.run(), spec.commandLine().getOut());
        return CommandRun.OK;
    }
}
