/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.runtime.ModelLoadException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every suite that runs a model. */
final class SuiteOptions {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

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
            names = "--quick",
            description = "few rounds: shows that everything runs, says little about its cost")
    private boolean quick;

    /** The model's folder or file. */
    Path model(HooklineHome home) throws IOException, ModelLoadException {
        return new PackagedModels(home).resolve(model);
    }

    boolean isQuick() {
        return quick;
    }

    Effort effort() {
        return quick ? Effort.QUICK : Effort.FULL;
    }

    /** Prints the report, and writes the file if one is wanted. */
    void report(Report report, PrintWriter out) throws IOException {
        report.lines().forEach(out::println);
        if (quick) {
            out.println("quick: everything runs; what it costs, these few rounds do not say");
        }
        out.flush();
        if (json != null) {
            Files.writeString(
                    json, JSON.writeValueAsString(report.json().put("quick", quick)) + "\n");
        }
    }
}
