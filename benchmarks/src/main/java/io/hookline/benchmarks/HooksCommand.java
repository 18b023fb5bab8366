/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench hooks}: what hooks on one model cost. */
@Command(
        name = "hooks",
        sortOptions = false,
        description =
                "Runs forward passes with and without hooks, each beside the same batch in plain ONNX Runtime.")
final class HooksCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Mixin private PassOptions passes = new PassOptions();

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        HooksSuite suite =
                new HooksSuite(
                        new HooksSuite.Setting(
                                options.model(home),
                                home.cache().resolve("canonical"),
                                passes.size(),
                                passes.threads(),
                                options.effort()));
        options.report(suite.run(), spec.commandLine().getOut());
        return CommandRun.OK;
    }
}
