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
 * @param pin which version it is
 */
public record ModelSpec(
        Path path,
        Optional<String> name,
        Optional<Path> tokenizer,
        Device device,
        int threads,
        Weights weights,
        Pin pin) {
    /**
     * Which version of a model is meant.
     *
     * @param version what records call it
     * @param digest SHA-256, in lower-case hex, that the files must have; empty for any
     */
    public record Pin(Optional<String> version, Optional<String> digest) {
        /** Any files, and no name for the version. */
        public static final Pin NONE = new Pin(Optional.empty(), Optional.empty());

        public Pin {
            requireNonNull(version, "version");
            requireNonNull(digest, "digest");
        }
    }

    public ModelSpec {
        path = requireNonNull(path, "path").toAbsolutePath().normalize();
        requireNonNull(name, "name");
        requireNonNull(tokenizer, "tokenizer");
        requireNonNull(device, "device");
        requireNonNull(weights, "weights");
        requireNonNull(pin, "pin");
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
    }

    /** A model of any version. */
    public ModelSpec(
            Path path,
            Optional<String> name,
            Optional<Path> tokenizer,
            Device device,
            int threads,
            Weights weights) {
        this(path, name, tokenizer, device, threads, weights, Pin.NONE);
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
        return new ModelSpec(path, name, tokenizer, device, threads, other, pin);
    }

    /** The same model elsewhere. */
    public ModelSpec on(Device other) {
        return new ModelSpec(path, name, tokenizer, other, threads, weights, pin);
    }

    /** A model on the CPU with one thread per run. */
    public static ModelSpec cpu(Path path) {
        return new ModelSpec(path, Optional.empty(), Optional.empty(), new Device.Cpu(), 1);
    }
}
