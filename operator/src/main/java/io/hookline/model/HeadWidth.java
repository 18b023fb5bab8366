/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Optional;
import java.util.Set;

/** Width of a fused attention's heads, for models that leave it open in their cache's shape. */
final class HeadWidth {
    private static final Set<String> FUSED = Set.of("GroupQueryAttention", "MultiHeadAttention");
    private static final Set<String> SAME_WIDTH =
            Set.of("Add", "RotaryEmbedding", "Cast", "Reshape", "SimplifiedLayerNormalization");

    private final ModelGraph graph;

    HeadWidth(ModelGraph graph) {
        this.graph = graph;
    }

    /** The width of the heads in a cache input, when a fused attention reads it. */
    Optional<Long> of(String cache) {
        return graph.consumers(cache).stream()
                .map(edge -> graph.nodes().get(edge.node()))
                .filter(node -> FUSED.contains(node.getOpType()))
                .findFirst()
                .flatMap(this::width);
    }

    private Optional<Long> width(NodeProto attention) {
        long heads = attribute(attention, "num_heads").orElse(0L);
        long shared = attribute(attention, "kv_num_heads").orElse(heads);
        boolean packed = attention.getInputCount() < 2 || attention.getInput(1).isEmpty();
        long parts = packed ? heads + 2 * shared : heads;
        return parts == 0
                ? Optional.empty()
                : features(attention.getInput(0)).map(features -> features / parts);
    }

    /** Length of the last axis, as the linear layer says that made it. */
    private Optional<Long> features(String tensor) {
        Optional<NodeProto> node = graph.producer(tensor).map(graph.nodes()::get);
        while (node.isPresent() && SAME_WIDTH.contains(node.get().getOpType())) {
            node = graph.producer(node.get().getInput(0)).map(graph.nodes()::get);
        }
        return node.flatMap(
                linear ->
                        attribute(linear, "N")
                                .or(
                                        () ->
                                                Optional.ofNullable(
                                                                graph.initializers()
                                                                        .get(linear.getInput(1)))
                                                        .map(TensorProto::getDimsList)
                                                        .map(dims -> dims.get(dims.size() - 1))));
    }

    private static Optional<Long> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .map(AttributeProto::getI)
                .findFirst();
    }
}
