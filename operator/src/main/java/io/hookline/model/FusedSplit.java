/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.TensorShapes.TensorShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes apart nodes in which an optimiser joined the ends of several modules: a linear layer's bias
 * with an activation, a residual with a norm, a linear layer with an activation. What those modules
 * hand out is no tensor otherwise, and what is left of them would pass for it.
 */
final class FusedSplit {
    /** Names of nodes that add the bias of the linear layer before them. */
    static final String BIAS = "hl/bias/";

    /** Names of nodes that add a residual; the norm of the sum is the next node. */
    static final String SUM = "hl/sum/";

    /** Names of nodes that belong to the module of their weights. */
    static final String OWN = "hl/own/";

    /** Names of nodes that follow a module, in the module around it. */
    static final String AFTER = "hl/after/";

    private static final Map<String, String> NORMS =
            Map.of(
                    "SkipSimplifiedLayerNormalization",
                    "SimplifiedLayerNormalization",
                    "SkipLayerNormalization",
                    "LayerNormalization");
    private static final Map<String, String> GELUS =
            Map.of("BiasGelu", "Gelu", "FastGelu", "FastGelu");
    private static final Set<String> ACTIVATIONS = Set.of("Relu", "Tanh", "Sigmoid");
    private static final int SUM_OUTPUT = 3;

    private final ModelGraph graph;
    private final Map<String, TensorShape> shapes;

    private FusedSplit(ModelGraph graph, TensorShapes shapes) {
        this.graph = graph;
        this.shapes = new HashMap<>(shapes.tensors());
    }

    static ResidualSplit.Split split(ModelProto model, TensorShapes shapes) {
        FusedSplit split = new FusedSplit(ModelGraph.of(model), shapes);
        GraphProto.Builder out = model.getGraph().toBuilder().clearNode();
        model.getGraph().getNodeList().forEach(node -> split.nodes(node).forEach(out::addNode));
        return new ResidualSplit.Split(
                model.toBuilder().setGraph(out).build(), new TensorShapes(split.shapes));
    }

    private List<NodeProto> nodes(NodeProto node) {
        String op = node.getOpType();
        if (NORMS.containsKey(op) && !isRead(node, 1) && !isRead(node, 2)) {
            return residual(node);
        }
        if (GELUS.containsKey(op) && has(node, 1)) {
            return gelu(node);
        }
        return op.equals("FusedGemm") && ACTIVATIONS.contains(activation(node))
                ? gemm(node)
                : List.of(node);
    }

    private List<NodeProto> residual(NodeProto node) {
        boolean simplified = node.getOpType().startsWith("SkipSimplified");
        int bias = simplified ? 3 : 4;
        int branch = branch(node);
        List<NodeProto> out = new ArrayList<>();
        String added = node.getInput(branch);
        if (has(node, bias)) {
            out.add(bias(added, node.getInput(bias), node));
            added = out.get(0).getOutput(0);
        }
        String sum = has(node.getOutputList(), SUM_OUTPUT) ? node.getOutput(SUM_OUTPUT) : "";
        String result = sum.isEmpty() ? SUM + node.getOutput(0) : sum;
        like(node.getOutput(0), result);
        out.add(
                node("Add", SUM + node.getOutput(0), result)
                        .addInput(branch == 0 ? added : node.getInput(0))
                        .addInput(branch == 1 ? added : node.getInput(1))
                        .build());
        out.add(norm(node, result, simplified));
        return out;
    }

    private static NodeProto norm(NodeProto node, String sum, boolean simplified) {
        NodeProto.Builder norm =
                node.toBuilder()
                        .setOpType(NORMS.getOrDefault(node.getOpType(), ""))
                        .setDomain("")
                        .clearInput()
                        .addInput(sum)
                        .clearOutput()
                        .addOutput(node.getOutput(0))
                        .clearAttribute();
        node.getInputList().stream()
                .skip(2)
                .limit(simplified ? 1 : 2)
                .filter(weight -> !weight.isEmpty())
                .forEach(norm::addInput);
        node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("epsilon"))
                .forEach(norm::addAttribute);
        return norm.addAttribute(number("axis", -1)).addAttribute(number("stash_type", 1)).build();
    }

    /**
     * Which of a sum's operands is the branch, not the residual: what a linear layer just made,
     * else what is made later.
     */
    private int branch(NodeProto node) {
        int left = graph.producer(node.getInput(0)).orElse(-1);
        int right = graph.producer(node.getInput(1)).orElse(-1);
        boolean leftProduct = isProduct(left);
        return leftProduct == isProduct(right) ? (left > right ? 0 : 1) : leftProduct ? 0 : 1;
    }

    private boolean isProduct(int node) {
        return node >= 0 && SiteFinder.PRODUCTS.contains(graph.nodes().get(node).getOpType());
    }

    private List<NodeProto> gelu(NodeProto node) {
        NodeProto bias = bias(node.getInput(0), node.getInput(1), node);
        return List.of(
                bias,
                node.toBuilder()
                        .setOpType(GELUS.getOrDefault(node.getOpType(), ""))
                        .clearInput()
                        .addInput(bias.getOutput(0))
                        .build());
    }

    private List<NodeProto> gemm(NodeProto node) {
        String product = OWN + node.getOutput(0);
        like(node.getOutput(0), product);
        Predicate<AttributeProto> ofActivation = each -> each.getName().startsWith("activation");
        return List.of(
                node("Gemm", product, product)
                        .addAllInput(node.getInputList())
                        .addAllAttribute(
                                node.getAttributeList().stream()
                                        .filter(ofActivation.negate())
                                        .toList())
                        .build(),
                node.toBuilder()
                        .setName(AFTER + node.getName())
                        .setOpType(activation(node))
                        .setDomain("")
                        .clearInput()
                        .addInput(product)
                        .clearAttribute()
                        .build());
    }

    private static String activation(NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("activation"))
                .map(attribute -> attribute.getS().toStringUtf8())
                .findFirst()
                .orElse("");
    }

    private NodeProto bias(String value, String bias, NodeProto fused) {
        String biased = BIAS + fused.getOutput(0);
        like(value, biased);
        return node("Add", biased, biased).addInput(value).addInput(bias).build();
    }

    private void like(String known, String other) {
        Optional.ofNullable(shapes.get(known)).ifPresent(shape -> shapes.putIfAbsent(other, shape));
    }

    private boolean isRead(NodeProto node, int output) {
        return has(node.getOutputList(), output)
                && (!graph.consumers(node.getOutput(output)).isEmpty()
                        || graph.outputs().contains(node.getOutput(output)));
    }

    private static boolean has(NodeProto node, int input) {
        return has(node.getInputList(), input);
    }

    private static boolean has(List<String> names, int index) {
        return names.size() > index && !names.get(index).isEmpty();
    }

    private static NodeProto.Builder node(String op, String name, String output) {
        return NodeProto.newBuilder().setOpType(op).setName(name).addOutput(output);
    }

    private static AttributeProto number(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setI(value)
                .setType(AttributeProto.AttributeType.INT)
                .build();
    }
}
