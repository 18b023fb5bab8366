/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.schema.ElementType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Removes casts to the type that a tensor already has, before modules are read. In a TorchScript
 * export such a cast stands in a norm's scope while the residual hangs on it: an edit of the norm's
 * input would leak.
 */
final class GraphPreparation {
    private final GraphProto graph;
    private final TensorShapes shapes;
    private final Set<String> pinned;
    private final Map<String, String> sources = new HashMap<>();

    private GraphPreparation(GraphProto graph, TensorShapes shapes) {
        this.graph = graph;
        this.shapes = shapes;
        this.pinned = new HashSet<>(readInSubgraphs(graph));
    }

    /** The same model without casts that do nothing; graph outputs keep their names. */
    static ModelProto prepare(ModelProto model, TensorShapes shapes) {
        return model.toBuilder()
                .setGraph(new GraphPreparation(model.getGraph(), shapes).prepared())
                .build();
    }

    private GraphProto prepared() {
        Set<String> outputs =
                graph.getOutputList().stream()
                        .map(ValueInfoProto::getName)
                        .collect(Collectors.toSet());
        GraphProto.Builder out = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            boolean idle = isIdleCast(node);
            if (idle) {
                sources.put(node.getOutput(0), source(node.getInput(0)));
            }
            if (!idle || outputs.contains(node.getOutput(0))) {
                out.addNode(rewired(node));
            }
        }
        return out.build();
    }

    private boolean isIdleCast(NodeProto node) {
        return node.getOpType().equals("Cast")
                && !pinned.contains(node.getOutput(0))
                && shapes.of(node.getInput(0))
                        .map(TensorShapes.TensorShape::dtype)
                        .equals(castTarget(node));
    }

    private static Optional<ElementType> castTarget(NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("to"))
                .findFirst()
                .flatMap(attribute -> OnnxTypes.elementType((int) attribute.getI()));
    }

    private NodeProto rewired(NodeProto node) {
        List<String> inputs = node.getInputList();
        if (inputs.stream().noneMatch(sources::containsKey)) {
            return node;
        }
        return node.toBuilder()
                .clearInput()
                .addAllInput(inputs.stream().map(this::source).toList())
                .build();
    }

    private String source(String tensor) {
        return sources.getOrDefault(tensor, tensor);
    }

    private static Set<String> readInSubgraphs(GraphProto graph) {
        Set<String> names = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    collect(attribute.getG(), names);
                }
                attribute.getGraphsList().forEach(body -> collect(body, names));
            }
        }
        return names;
    }

    private static void collect(GraphProto body, Set<String> names) {
        body.getNodeList().forEach(node -> names.addAll(node.getInputList()));
        body.getOutputList().forEach(output -> names.add(output.getName()));
        names.addAll(readInSubgraphs(body));
    }
}
