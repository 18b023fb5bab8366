/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Reads limits from config.json and generation_config.json, else from the embeddings' sizes. */
final class LimitsReader {
    private static final Set<String> TRANSPARENT =
            Set.of("Reshape", "Cast", "Identity", "Squeeze", "Unsqueeze", "Flatten");

    private final ModelGraph graph;
    private final JsonNode config;
    private final JsonNode generation;

    LimitsReader(ModelGraph graph, JsonNode config, JsonNode generation) {
        this.graph = graph;
        this.config = config;
        this.generation = generation;
    }

    ModelLimits read(ModelSignature signature, TensorShapes shapes) throws ModelException {
        Values values = new Values(shapes);
        int vocabulary =
                number("vocab_size", "n_vocab")
                        .or(() -> signature.logits().flatMap(values::of).map(Values.Value::width))
                        .or(() -> rows(signature.inputIds()))
                        .orElseThrow(
                                () ->
                                        ModelException.unsupported(
                                                "no 'vocab_size' in config.json, and no token"
                                                        + " embedding in the model"));
        Optional<Integer> positions =
                number("max_position_embeddings", "n_positions", "context_length")
                        .or(() -> signature.positionIds().flatMap(this::rows));
        return new ModelLimits(
                vocabulary, positions.map(OptionalInt::of).orElse(OptionalInt.empty()), eos());
    }

    /** The model's own settings: at the top, of a multimodal model's text part, or genai's. */
    private List<JsonNode> configs() {
        return List.of(config, config.path("text_config"), config.path("model"));
    }

    private Optional<Integer> number(String... names) {
        return configs().stream()
                .flatMap(node -> Stream.of(names).map(node::path))
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::asInt)
                .findFirst();
    }

    private List<Integer> eos() {
        for (JsonNode source : Stream.concat(Stream.of(generation), configs().stream()).toList()) {
            JsonNode ids = source.path("eos_token_id");
            List<Integer> out = new ArrayList<>();
            (ids.isArray() ? ids : List.of(ids))
                    .forEach(
                            id -> {
                                if (id.isIntegralNumber()) {
                                    out.add(id.asInt());
                                }
                            });
            if (!out.isEmpty()) {
                return out;
            }
        }
        return List.of();
    }

    /** Rows of the table that an input's ids look up. */
    private Optional<Integer> rows(String input) {
        return graph.nodes().stream()
                .filter(node -> node.getOpType().equals("Gather"))
                .filter(node -> source(node.getInput(1)).equals(input))
                .map(node -> graph.initializers().get(node.getInput(0)))
                .filter(table -> table != null && table.getDimsCount() == 2)
                .map(LimitsReader::rows)
                .findFirst()
                .or(() -> fusedRows(input));
    }

    /** The same of a node that embeds words, positions and segments in one. */
    private Optional<Integer> fusedRows(String input) {
        return graph.nodes().stream()
                .filter(node -> node.getOpType().equals("EmbedLayerNormalization"))
                .filter(node -> source(node.getInput(0)).equals(input))
                .map(node -> graph.initializers().get(node.getInput(2)))
                .filter(table -> table != null && table.getDimsCount() == 2)
                .map(LimitsReader::rows)
                .findFirst();
    }

    private static int rows(TensorProto table) {
        return (int) table.getDims(0);
    }

    private String source(String tensor) {
        String current = tensor;
        Optional<NodeProto> node = producer(current);
        while (node.isPresent() && TRANSPARENT.contains(node.get().getOpType())) {
            current = node.get().getInput(0);
            node = producer(current);
        }
        return current;
    }

    private Optional<NodeProto> producer(String tensor) {
        return graph.producer(tensor).map(graph.nodes()::get);
    }
}
