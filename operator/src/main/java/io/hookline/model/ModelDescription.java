/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that is known about a model without running it.
 *
 * @param graph without casts that do nothing and with residuals as nodes of their own; sites and
 *     shapes speak of this graph
 */
public record ModelDescription(
        ModelGraph graph,
        TensorShapes shapes,
        ModelSignature signature,
        ModuleTree tree,
        ModelLimits limits) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a model's files.
     *
     * @throws ModelException when it isn't a model that can be described
     * @throws IOException when a file can't be read
     */
    public static ModelDescription read(ModelFolder folder, ShapeSource source)
            throws IOException, ModelException {
        return read(folder, folder.read(), source);
    }

    /**
     * Reads what a model's ONNX file says, which was parsed already, and its other files.
     *
     * @throws ModelException when it isn't a model that can be described
     * @throws IOException when a file can't be read
     */
    public static ModelDescription read(ModelFolder folder, ModelProto model, ShapeSource source)
            throws IOException, ModelException {
        ResidualSplit.Split split = ResidualSplit.split(model, source.shapes(model));
        TensorShapes shapes = split.shapes();
        ModelProto prepared = GraphPreparation.prepare(split.model(), shapes);
        ModelGraph graph = ModelGraph.of(QuantizerSplit.split(prepared));
        JsonNode config = json(folder.config());
        ModelSignature signature = new SignatureReader(graph, shapes, config).read();
        return new ModelDescription(
                graph,
                shapes,
                signature,
                sidecar(folder).applyTo(ModuleTreeBuilder.build(graph, shapes), graph, shapes),
                new LimitsReader(graph, config, json(folder.generationConfig()))
                        .read(signature, shapes));
    }

    private static Sidecar sidecar(ModelFolder folder) throws IOException, ModelException {
        return folder.sidecar().isEmpty() ? Sidecar.NONE : Sidecar.read(folder.sidecar().get());
    }

    private static JsonNode json(Optional<Path> file) throws IOException, ModelException {
        if (file.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(Files.readAllBytes(file.get()));
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    io.hookline.schema.ErrorCode.UNSUPPORTED_MODEL,
                    "'%s' is no JSON: %s".formatted(file.get(), e.getOriginalMessage()),
                    e);
        }
    }
}
