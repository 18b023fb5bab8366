/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelLoader;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
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

    @Option(
            names = "--weights",
            paramLabel = "PRECISION",
            converter = WeightsConverter.class,
            description = "as-stored, or int8: faster and a little less accurate")
    private Weights weights = Weights.AS_STORED;

    /** Opens the model to run programs; the caller closes it. */
    ModelRuntime open() throws IOException, ModelLoadException {
        return loader().load(spec());
    }

    /** Opens the model to look at it, without its weights; the caller closes it. */
    ModelPlanner scan() throws IOException, ModelLoadException {
        return loader().scan(spec());
    }

    private static ModelLoader loader() {
        return new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder());
    }

    /** Opens the model with its weights as they are stored; the caller closes it. */
    ModelRuntime openAsStored() throws IOException, ModelLoadException {
        return loader().load(spec().with(Weights.AS_STORED));
    }

    private ModelSpec spec() throws IOException, ModelLoadException {
        Path path = new PackagedModels(HooklineHome.find()).resolve(model);
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new ModelSpec(
                path,
                Optional.empty(),
                Optional.ofNullable(tokenizer),
                new Device.Cpu(),
                threads,
                weights);
    }
}
