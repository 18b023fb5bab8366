/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of a model on disk. What stands beside the ONNX file is optional here: whoever needs a
 * tokenizer says so.
 *
 * @param model the ONNX file
 * @param tokenizer {@code tokenizer.json}
 * @param config {@code config.json}, or onnxruntime-genai's {@code genai_config.json}
 * @param generationConfig {@code generation_config.json}
 * @param sidecar {@code hookline.json}, which names or corrects hook points
 */
public record ModelFolder(
        Path model,
        Optional<Path> tokenizer,
        Optional<Path> config,
        Optional<Path> generationConfig,
        Optional<Path> sidecar) {
    private static final int FOLDERS_ABOVE = 2;

    public ModelFolder {
        requireNonNull(model, "model");
        requireNonNull(tokenizer, "tokenizer");
        requireNonNull(config, "config");
        requireNonNull(generationConfig, "generationConfig");
        requireNonNull(sidecar, "sidecar");
    }

    /**
     * Finds the files of a model.
     *
     * @param path a folder with {@code model.onnx} or {@code onnx/model.onnx}, or an ONNX file;
     *     other files are looked for beside the ONNX file, then up to two folders above
     * @throws ModelException when there is no ONNX file
     */
    public static ModelFolder find(Path path) throws ModelException {
        Path model = onnxFile(path.toAbsolutePath().normalize());
        return new ModelFolder(
                model,
                beside(model, "tokenizer.json"),
                beside(model, "config.json").or(() -> beside(model, "genai_config.json")),
                beside(model, "generation_config.json"),
                beside(model, "hookline.json"));
    }

    /** What programs and records call the model: the name of the folder that it lives in. */
    public String name() {
        Path folder = tokenizer.or(() -> config).orElse(model).getParent();
        Path name = folder == null ? null : folder.getFileName();
        return name == null ? "model" : name.toString();
    }

    /**
     * Parses the ONNX file. Weights in external files stay there; small external tensors, which may
     * be shapes, are read in.
     *
     * @throws ModelException when it isn't an ONNX model, or external data lies outside its folder
     * @throws IOException when a file can't be read
     */
    public ModelProto read() throws IOException, ModelException {
        return new OnnxFile(model).read();
    }

    /**
     * Files beside the ONNX file that hold weights, by name.
     *
     * @throws ModelException when one lies outside the model's folder or is missing
     */
    public List<Path> externalData(ModelProto proto) throws IOException, ModelException {
        return new OnnxFile(model).externalFiles(proto);
    }

    /**
     * SHA-256, in hex, of the ONNX file and then of its external data, file by file.
     *
     * @throws ModelException as {@link #externalData}
     * @throws IOException when a file can't be read
     */
    public String digest(ModelProto proto) throws IOException, ModelException {
        return new OnnxFile(model).digest(externalData(proto));
    }

    private static Path onnxFile(Path path) throws ModelException {
        if (Files.isRegularFile(path)) {
            return path;
        }
        for (String name : List.of("model.onnx", "onnx/model.onnx")) {
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        throw new ModelException(
                ErrorCode.UNKNOWN_MODEL,
                Files.isDirectory(path)
                        ? "no 'model.onnx' and no 'onnx/model.onnx' in folder '" + path + "'"
                        : "no file and no folder '" + path + "'");
    }

    private static Optional<Path> beside(Path model, String name) {
        Path folder = model.getParent();
        for (int above = 0; above <= FOLDERS_ABOVE && folder != null; above++) {
            Path candidate = folder.resolve(name);
            if (Files.isRegularFile(candidate)) {
                return Optional.of(candidate);
            }
            folder = folder.getParent();
        }
        return Optional.empty();
    }
}
