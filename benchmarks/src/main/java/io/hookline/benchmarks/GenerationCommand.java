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

/** {@code ./hookline bench generation}: what it gives that events generate together. */
@Command(
        name = "generation",
        sortOptions = false,
        description =
                "Generates with events that join and leave, beside batches that end as a whole and beside one thread for each event.")
final class GenerationCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            defaultValue = PackagedModels.TICKETLM,
            paramLabel = "MODEL",
            description =
                    "ticketlm, a folder with model.onnx or an ONNX file, with a KV cache; default: ${DEFAULT-VALUE}")
    private String model = "";

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows as JSON, too")
    private @Nullable Path json;

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "threads that generate in the jobs; default: ${DEFAULT-VALUE}")
    private int threads;

    @Option(
            names = "--quick",
            description = "few rounds: shows that everything runs, says little about its cost")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        HooklineHome home = HooklineHome.find();
        GenerationSuite suite =
                new GenerationSuite(
                        new GenerationSuite.Setting(
                                new PackagedModels(home).resolve(model),
                                home.cache().resolve("canonical"),
                                threads,
                                quick));
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
