/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench nnsight}: the same work as nnsight did on this machine. */
@Command(
        name = "nnsight",
        sortOptions = false,
        description =
                "Runs five pieces of work that nnsight was timed with on the same machine, and says how many times less they take here; besides, what Java code in the middle of a pass costs over plain ONNX Runtime.")
final class NnsightCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private SuiteOptions options = new SuiteOptions();

    @Option(
            names = "--reference",
            required = true,
            paramLabel = "FILE",
            description = "what nnsight took for the same weights: JSON")
    private Path reference = Path.of("");

    @Option(
            names = "--int8",
            description = "keep weights as 8-bit numbers, which the reference does not")
    private boolean int8;

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        NnsightReference nnsight = NnsightReference.read(Files.readAllBytes(reference));
        ModelSpec opened =
                new ModelSpec(
                                options.model(home),
                                Optional.empty(),
                                Optional.empty(),
                                new Device.Cpu(),
                                nnsight.threads())
                        .with(int8 ? Weights.INT8 : Weights.AS_STORED);
        Report report =
                new NnsightSuite(
                                opened,
                                home.cache().resolve("canonical"),
                                nnsight,
                                options.effort().ofProcess())
                        .run();
        options.report(report, spec.commandLine().getOut());
        return CommandRun.OK;
    }
}
