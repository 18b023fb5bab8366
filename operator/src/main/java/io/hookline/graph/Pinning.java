/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModuleTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps hooked tensors and the groups of their reads alive while a graph is optimised: each becomes
 * a graph output through an identity, and the outputs are dropped again afterwards.
 */
public final class Pinning {
    private static final String PIN = "hl/pin/";

    private Pinning() {}

    /** The graph with everything pinned that the tree hooks. */
    public static ModelProto pinned(ModelGraph graph, ModuleTree tree) {
        EdgeGroups groups = EdgeGroups.of(graph, tree);
        Map<ModelGraph.Edge, String> redirected = new HashMap<>();
        for (String tensor : groups.tensors()) {
            for (EdgeGroups.Group group : groups.of(tensor)) {
                if (!group.name().equals(tensor)) {
                    group.edges().forEach(edge -> redirected.put(edge, group.name()));
                }
            }
        }
        GraphProto.Builder out = graph.graph().toBuilder().clearNode();
        out.addAllNode(redirectedNodes(graph, redirected));
        List<String> outputs = graph.outputs();
        int pin = 0;
        for (String tensor : groups.tensors()) {
            if (!outputs.contains(tensor)) {
                out.addNode(identity(tensor, PIN + pin)).addOutput(named(PIN + pin));
                pin++;
            }
        }
        groups.aliases()
                .forEach(
                        (alias, tensor) ->
                                out.addNode(identity(tensor, alias)).addOutput(named(alias)));
        return graph.proto().toBuilder().setGraph(out).build();
    }

    /** Whether everything that was pinned is still made, or known, under its name. */
    public static boolean isWhole(ModelProto optimised, ModelProto pinned) {
        GraphProto graph = optimised.getGraph();
        Set<String> there = new HashSet<>();
        graph.getNodeList().forEach(node -> there.addAll(node.getOutputList()));
        graph.getInputList().forEach(input -> there.add(input.getName()));
        graph.getInitializerList().forEach(constant -> there.add(constant.getName()));
        return pinned.getGraph().getNodeList().stream()
                .filter(Pinning::isPin)
                .allMatch(pin -> there.contains(pin.getInput(0)));
    }

    private static boolean isPin(NodeProto node) {
        return node.getOutputCount() == 1 && node.getOutput(0).startsWith(PIN);
    }

    /** The optimised graph without the pins; the groups of reads stay. */
    public static ModelProto unpinned(ModelProto optimised, List<String> outputs) {
        GraphProto.Builder out = optimised.getGraph().toBuilder().clearNode().clearOutput();
        for (NodeProto node : optimised.getGraph().getNodeList()) {
            if (!isPin(node)) {
                out.addNode(node);
            }
        }
        optimised.getGraph().getOutputList().stream()
                .filter(output -> outputs.contains(output.getName()))
                .forEach(out::addOutput);
        return optimised.toBuilder().setGraph(out).build();
    }

    private static List<NodeProto> redirectedNodes(
            ModelGraph graph, Map<ModelGraph.Edge, String> redirected) {
        List<NodeProto> nodes = new ArrayList<>();
        for (int index = 0; index < graph.nodes().size(); index++) {
            NodeProto.Builder node = graph.nodes().get(index).toBuilder();
            for (int input = 0; input < node.getInputCount(); input++) {
                String name = redirected.get(new ModelGraph.Edge(index, input));
                if (name != null) {
                    node.setInput(input, name);
                }
            }
            nodes.add(node.build());
        }
        return nodes;
    }

    private static NodeProto identity(String from, String to) {
        return NodeProto.newBuilder()
                .setName(to)
                .setOpType("Identity")
                .addInput(from)
                .addOutput(to)
                .build();
    }

    private static ValueInfoProto named(String name) {
        return ValueInfoProto.newBuilder().setName(name).build();
    }
}
