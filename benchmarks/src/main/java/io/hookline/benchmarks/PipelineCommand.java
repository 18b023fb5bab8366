/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench pipeline}: what the stream costs. */
@Command(
        name = "pipeline",
        sortOptions = false,
        description =
                "Runs events through the operator, the sink and the whole job on real Kafka, each beside what a user would write without them.")
final class PipelineCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Mixin private PassOptions passes = new PassOptions();

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        try (ScratchFolder scratch = ScratchFolder.in(home.cache())) {
            PipelineSuite suite =
                    new PipelineSuite(
                            PipelineSuite.Setting.of(home, options, passes, scratch.path()));
            options.report(suite.run(), spec.commandLine().getOut());
        }
        return CommandRun.OK;
    }
}
