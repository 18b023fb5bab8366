/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import picocli.CommandLine.Option;

/** The options of every suite that runs batches of one size. */
final class PassOptions {
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

    int threads() {
        return threads;
    }

    Prompts.Size size() {
        return new Prompts.Size(batch, tokens);
    }
}
