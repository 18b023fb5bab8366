/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which model a command works on. */
final class ModelOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description =
                    "ticketlm, minilm, a folder with model.onnx (or onnx/model.onnx), or an ONNX file")
    private String model = "";

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "tokenizer.json; default: beside the model, then up to two folders above")
    private @Nullable Path tokenizer;

    /** Opens the model; the caller closes it. */
    ModelRuntime open() throws IOException, ModelLoadException {
        HooklineHome home = HooklineHome.find();
        Path path = new PackagedModels(home).resolve(model);
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                .load(
                        new ModelSpec(
                                path,
                                Optional.empty(),
                                Optional.ofNullable(tokenizer),
                                new Device.Cpu(),
                                threads));
    }
}
