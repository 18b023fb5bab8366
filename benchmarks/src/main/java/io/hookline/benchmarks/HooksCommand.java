/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench hooks}: what hooks on one model cost. */
@Command(
        name = "hooks",
        sortOptions = false,
        description =
                "Runs forward passes with and without hooks, each beside the same batch in plain ONNX Runtime.")
final class HooksCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            defaultValue = PackagedModels.TICKETLM,
            paramLabel = "MODEL",
            description =
                    "ticketlm, minilm, a folder with model.onnx or an ONNX file; default: ${DEFAULT-VALUE}")
    private String model = "";

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows as JSON, too")
    private @Nullable Path json;

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "threads of a forward pass; default: ${DEFAULT-VALUE}")
    private int threads;

    @Option(
            names = "--batch",
            defaultValue = "16",
            paramLabel = "N",
            description = "rows of a batch; default: ${DEFAULT-VALUE}")
    private int batch;

    @Option(
            names = "--tokens",
            defaultValue = "32",
            paramLabel = "N",
            description = "length of each row's prompt; default: ${DEFAULT-VALUE}")
    private int tokens;

    @Option(
            names = "--quick",
            description = "few rounds: shows that everything runs, says little about its cost")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        HooksSuite suite =
                new HooksSuite(
                        new HooksSuite.Setting(
                                new PackagedModels(home).resolve(model),
                                home.cache().resolve("canonical"),
                                new Prompts.Size(batch, tokens),
                                threads,
                                quick ? Effort.QUICK : Effort.FULL));
        PrintWriter out = spec.commandLine().getOut();
        Report report = suite.run();
        report.lines().forEach(out::println);
        out.flush();
        if (json != null) {
            Files.writeString(json, JSON.writeValueAsString(report.json()) + "\n");
        }
        return CommandRun.OK;
    }
}
