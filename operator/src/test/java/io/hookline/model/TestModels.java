/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import io.hookline.runtime.onnx.ShapeScan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The models that tests run, and what is known about them. */
public final class TestModels {
    public static final OrtEnvironment ENVIRONMENT =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hookline");

    private static final Map<Path, ModelDescription> READ = new ConcurrentHashMap<>();

    private TestModels() {}

    /** A file of the test models, e.g. {@code ticketlm/variants/nocache.onnx}. */
    public static Path path(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(TestModels.class.getResource("/models/" + name), name)
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** The sentence encoder all-MiniLM-L6-v2 as one file, from its Maven artifact. */
    public static Path miniLm() {
        try (InputStream in = TestModels.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Path file = path("ticketlm").getParent().resolve("minilm").resolve("model.onnx");
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Path part = Files.createTempFile(file.getParent(), "model", ".part");
                Files.write(part, in.readAllBytes());
                Files.move(part, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is known about a model; read once. */
    public static ModelDescription describe(Path path) {
        return READ.computeIfAbsent(
                path,
                file -> {
                    try {
                        return ModelDescription.read(
                                ModelFolder.find(file), new ShapeScan(ENVIRONMENT));
                    } catch (IOException | ModelException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }
}
