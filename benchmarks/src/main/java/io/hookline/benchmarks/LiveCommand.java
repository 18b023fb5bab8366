/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench live}: how soon a new structure is served, and what others notice. */
@Command(
        name = "live",
        sortOptions = false,
        description =
                "Sends events with edits in places where none were before into an operator that is at work, and says how soon they are served and what the other events notice.")
final class LiveCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Mixin private PassOptions passes = new PassOptions();

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        // Nothing here goes to a broker.
        PipelineSuite.Setting setting =
                PipelineSuite.Setting.of(home, options, passes, home.cache());
        options.report(new LiveSuite(setting).run(), spec.commandLine().getOut());
        return CommandRun.OK;
    }
}
