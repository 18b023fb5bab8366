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
 * Removes nodes that do nothing, before modules are read: casts to the type that a tensor already
 * has, and arithmetic with a number that changes nothing, such as a scale of one. In a TorchScript
 * export such a cast stands in a norm's scope while the residual hangs on it: an edit of the norm's
 * input would leak. And ONNX Runtime takes such arithmetic out of the graph, together with the
 * tensor that a hook point would be at.
 */
final class GraphPreparation {
    private final GraphProto graph;
    private final TensorShapes shapes;
    private final Set<String> pinned;
    private final IdleNumbers numbers;
    private final Map<String, String> sources = new HashMap<>();

    private GraphPreparation(GraphProto graph, TensorShapes shapes) {
        this.graph = graph;
        this.shapes = shapes;
        this.pinned = new HashSet<>(readInSubgraphs(graph));
        this.numbers = new IdleNumbers(graph);
    }

    /** The same model without nodes that do nothing; graph outputs keep their names. */
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
            Optional<String> idle = passedOn(node);
            idle.ifPresent(input -> sources.put(node.getOutput(0), source(input)));
            if (idle.isEmpty() || outputs.contains(node.getOutput(0))) {
                out.addNode(rewired(node));
            }
        }
        return out.build();
    }

    /** The input that a node hands on as it is; empty when it makes something of it. */
    private Optional<String> passedOn(NodeProto node) {
        if (node.getOutputCount() != 1 || pinned.contains(node.getOutput(0))) {
            return Optional.empty();
        }
        return isIdleCast(node)
                ? Optional.of(node.getInput(0))
                : numbers.passedOn(node).filter(this::hasAxes);
    }

    /**
     * Whether a tensor is of numbers with axes, so that a single number does not change its shape.
     */
    private boolean hasAxes(String tensor) {
        return shapes.of(tensor)
                .filter(shape -> shape.dtype().isFloat() && !shape.dimensions().isEmpty())
                .isPresent();
    }

    private boolean isIdleCast(NodeProto node) {
        return node.getOpType().equals("Cast")
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
