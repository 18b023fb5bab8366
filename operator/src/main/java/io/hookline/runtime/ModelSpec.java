/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which model to open and where it runs. Equal specs share one runtime in a {@link ModelPool}.
 *
 * @param path folder with {@code model.onnx} (or {@code onnx/model.onnx}), or an ONNX file
 * @param name empty for the folder's name
 * @param tokenizer empty for the {@code tokenizer.json} beside the model
 * @param threads of one run
 * @param weights how precise the weights are
 */
public record ModelSpec(
        Path path,
        Optional<String> name,
        Optional<Path> tokenizer,
        Device device,
        int threads,
        Weights weights) {
    public ModelSpec {
        path = requireNonNull(path, "path").toAbsolutePath().normalize();
        requireNonNull(name, "name");
        requireNonNull(tokenizer, "tokenizer");
        requireNonNull(device, "device");
        requireNonNull(weights, "weights");
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
    }

    /** A model with its weights as they are stored. */
    public ModelSpec(
            Path path,
            Optional<String> name,
            Optional<Path> tokenizer,
            Device device,
            int threads) {
        this(path, name, tokenizer, device, threads, Weights.AS_STORED);
    }

    /** The same model with other weights. */
    public ModelSpec with(Weights other) {
        return new ModelSpec(path, name, tokenizer, device, threads, other);
    }

    /** A model on the CPU with one thread per run. */
    public static ModelSpec cpu(Path path) {
        return new ModelSpec(path, Optional.empty(), Optional.empty(), new Device.Cpu(), 1);
    }
}
