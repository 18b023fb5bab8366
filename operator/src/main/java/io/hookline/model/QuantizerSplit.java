/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.ModelGraph.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives each product of a dynamically quantised model a quantiser of its own. Quantising a model
 * makes one for all modules that read the same tensor, as queries, keys and values do; then none of
 * them has an input that is made of floats, and none could be edited alone.
 */
final class QuantizerSplit {
    private static final String QUANTIZER = "DynamicQuantizeLinear";

    private final ModelGraph graph;
    private final Map<Integer, List<NodeProto>> copies = new HashMap<>();
    private final Map<Edge, String> reads = new HashMap<>();

    private QuantizerSplit(ModelGraph graph) {
        this.graph = graph;
    }

    /** The same model without shared quantisers; where it isn't clear who reads one, it stays. */
    static ModelProto split(ModelProto model) {
        boolean quantized =
                model.getGraph().getNodeList().stream()
                        .anyMatch(node -> node.getOpType().equals(QUANTIZER));
        return quantized ? new QuantizerSplit(ModelGraph.of(model)).split() : model;
    }

    private ModelProto split() {
        for (int node = 0; node < graph.nodes().size(); node++) {
            if (graph.nodes().get(node).getOpType().equals(QUANTIZER)) {
                divide(node);
            }
        }
        GraphProto.Builder out = graph.graph().toBuilder().clearNode();
        for (int node = 0; node < graph.nodes().size(); node++) {
            out.addNode(rewired(node)).addAllNode(copies.getOrDefault(node, List.of()));
        }
        return graph.proto().toBuilder().setGraph(out).build();
    }

    private void divide(int quantizer) {
        NodeProto node = graph.nodes().get(quantizer);
        Map<Integer, List<Edge>> products = new LinkedHashMap<>();
        for (String tensor : node.getOutputList()) {
            for (Edge edge : graph.consumers(tensor)) {
                Optional<Integer> product = product(edge, node.getOutput(0));
                if (product.isEmpty()) {
                    return;
                }
                products.computeIfAbsent(product.get(), p -> new ArrayList<>()).add(edge);
            }
        }
        List<NodeProto> own = new ArrayList<>();
        products.values().stream().skip(1).forEach(edges -> own.add(copy(node, own.size(), edges)));
        copies.put(quantizer, own);
    }

    /** The node that multiplies the quantised tensor for this read of it or of its scale. */
    private Optional<Integer> product(Edge read, String quantized) {
        if (reads(read.node(), quantized)) {
            return Optional.of(read.node());
        }
        Set<Integer> scaled =
                graph.nodes().get(read.node()).getOutputList().stream()
                        .flatMap(scale -> graph.consumers(scale).stream())
                        .flatMap(edge -> graph.nodes().get(edge.node()).getInputList().stream())
                        .flatMap(tensor -> beforeCast(tensor).stream())
                        .filter(node -> reads(node, quantized))
                        .collect(Collectors.toSet());
        return scaled.size() == 1 ? Optional.of(scaled.iterator().next()) : Optional.empty();
    }

    private boolean reads(int node, String tensor) {
        return graph.nodes().get(node).getInputList().contains(tensor);
    }

    private Optional<Integer> beforeCast(String tensor) {
        return graph.producer(tensor)
                .flatMap(
                        node ->
                                graph.nodes().get(node).getOpType().equals("Cast")
                                        ? graph.producer(graph.nodes().get(node).getInput(0))
                                        : Optional.of(node));
    }

    private NodeProto copy(NodeProto quantizer, int index, List<Edge> edges) {
        String prefix = "hl/own-" + index + "/";
        for (Edge edge : edges) {
            reads.put(edge, prefix + graph.nodes().get(edge.node()).getInput(edge.input()));
        }
        return quantizer.toBuilder()
                .setName(prefix + quantizer.getName())
                .clearOutput()
                .addAllOutput(quantizer.getOutputList().stream().map(prefix::concat).toList())
                .build();
    }

    private NodeProto rewired(int index) {
        NodeProto.Builder node = graph.nodes().get(index).toBuilder();
        for (int input = 0; input < node.getInputCount(); input++) {
            String own = reads.get(new Edge(index, input));
            if (own != null) {
                node.setInput(input, own);
            }
        }
        return node.build();
    }
}
