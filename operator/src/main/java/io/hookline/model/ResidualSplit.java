/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.TensorShapes.TensorShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes apart the nodes with which onnxruntime-genai's builder adds a residual and normalises the
 * sum in one. The sum is what a layer hands out, and the fused node belongs to the next layer,
 * where an edit would come too late.
 */
final class ResidualSplit {
    private static final String SIMPLIFIED = "SkipSimplifiedLayerNormalization";
    private static final Map<String, String> NORMS =
            Map.of(
                    SIMPLIFIED,
                    "SimplifiedLayerNormalization",
                    "SkipLayerNormalization",
                    "LayerNormalization");
    private static final Pattern LAYER = Pattern.compile("^(.*/layers\\.\\d+)/.*");
    private static final int SUM = 3;

    private final ModelGraph graph;
    private final Map<String, TensorShape> shapes;
    private final Map<String, Integer> counts = new HashMap<>();

    private ResidualSplit(ModelGraph graph, TensorShapes shapes) {
        this.graph = graph;
        this.shapes = new HashMap<>(shapes.tensors());
    }

    /** A model and the shapes of its tensors. */
    record Split(ModelProto model, TensorShapes shapes) {}

    static Split split(ModelProto model, TensorShapes shapes) {
        ResidualSplit split = new ResidualSplit(ModelGraph.of(model), shapes);
        if (!new GenAiScopes().fits(split.graph)) {
            return FusedSplit.split(model, shapes);
        }
        GraphProto.Builder out = model.getGraph().toBuilder().clearNode();
        for (NodeProto node : model.getGraph().getNodeList()) {
            split.nodes(node).forEach(out::addNode);
        }
        return new Split(model.toBuilder().setGraph(out).build(), new TensorShapes(split.shapes));
    }

    private List<NodeProto> nodes(NodeProto node) {
        if (!canSplit(node)) {
            return List.of(node);
        }
        NodeProto add = add(node);
        return List.of(add, norm(node, add.getOutput(0)));
    }

    private static boolean canSplit(NodeProto node) {
        int bias = node.getOpType().equals(SIMPLIFIED) ? 3 : 4;
        boolean biased = node.getInputCount() > bias && !node.getInput(bias).isEmpty();
        return NORMS.containsKey(node.getOpType()) && !biased;
    }

    private NodeProto add(NodeProto node) {
        String name = layer(node) + "/Add";
        int count = counts.merge(name, 1, Integer::sum);
        String unique = count == 1 ? name : name + "_" + (count - 1);
        String sum = node.getOutputCount() > SUM ? node.getOutput(SUM) : "";
        if (sum.isEmpty()) {
            sum = unique + "/output_0";
            TensorShape shape = shapes.get(node.getOutput(0));
            if (shape != null) {
                shapes.put(sum, shape);
            }
        }
        return NodeProto.newBuilder()
                .setName(unique)
                .setOpType("Add")
                .addInput(node.getInput(0))
                .addInput(node.getInput(1))
                .addOutput(sum)
                .build();
    }

    /** The layer whose result the sum is: that of the branch which is added. */
    private String layer(NodeProto node) {
        String branch =
                graph.producer(node.getInput(1))
                        .map(index -> graph.nodes().get(index).getName())
                        .orElse(node.getName());
        Matcher layer = LAYER.matcher(branch);
        return layer.matches() ? layer.group(1) : "/model";
    }

    private static NodeProto norm(NodeProto node, String sum) {
        NodeProto.Builder norm =
                NodeProto.newBuilder()
                        .setName(node.getName())
                        .setOpType(NORMS.getOrDefault(node.getOpType(), ""))
                        .addInput(sum)
                        .addOutput(node.getOutput(0));
        node.getInputList().stream()
                .skip(2)
                .filter(weight -> !weight.isEmpty())
                .forEach(norm::addInput);
        node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("epsilon"))
                .forEach(norm::addAttribute);
        return norm.addAttribute(number("axis", -1)).addAttribute(number("stash_type", 1)).build();
    }

    private static AttributeProto number(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setI(value)
                .setType(AttributeProto.AttributeType.INT)
                .build();
    }
}
