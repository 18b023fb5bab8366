/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            defaultValue = PackagedModels.TICKETLM,
            paramLabel = "MODEL",
            description =
                    "ticketlm, a folder with model.onnx or an ONNX file; default: ${DEFAULT-VALUE}")
    private String model = "";

    @Option(
            names = "--reference",
            required = true,
            paramLabel = "FILE",
            description = "what nnsight took for the same weights: JSON")
    private Path reference = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows as JSON, too")
    private @Nullable Path json;

    @Option(
            names = "--int8",
            description = "keep weights as 8-bit numbers, which the reference does not")
    private boolean int8;

    @Option(
            names = "--quick",
            description = "few rounds: shows that everything runs, says little about its cost")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        NnsightReference nnsight = NnsightReference.read(Files.readAllBytes(reference));
        ModelSpec opened =
                new ModelSpec(
                                new PackagedModels(home).resolve(model),
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
                                quick ? Effort.QUICK : Effort.FULL)
                        .run();
        PrintWriter out = spec.commandLine().getOut();
        report.lines().forEach(out::println);
        out.flush();
        if (json != null) {
            Files.writeString(json, JSON.writeValueAsString(report.json()) + "\n");
        }
        return CommandRun.OK;
    }
}
