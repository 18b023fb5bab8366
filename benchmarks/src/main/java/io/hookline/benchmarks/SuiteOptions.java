/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hookline.examples.models.PackagedModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every suite that runs batches of a model. */
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

    String model() {
        return model;
    }

    int threads() {
        return threads;
    }

    Prompts.Size size() {
        return new Prompts.Size(batch, tokens);
    }

    Effort effort() {
        return quick ? Effort.QUICK : Effort.FULL;
    }

    /** Prints the report, and writes the file if one is wanted. */
    void report(Report report, PrintWriter out) throws IOException {
        report.lines().forEach(out::println);
        out.flush();
        if (json != null) {
            Files.writeString(json, JSON.writeValueAsString(report.json()) + "\n");
        }
    }
}
