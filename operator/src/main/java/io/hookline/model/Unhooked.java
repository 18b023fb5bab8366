/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Says what a graph has no hook points for, and why. */
final class Unhooked {
    private static final String GROUPED = "GroupQueryAttention";
    static final Set<String> FUSED = Set.of("Attention", "MultiHeadAttention", GROUPED);
    private static final String WHOLE = "Attention";

    /** Nodes in which the weights of several modules are. */
    private static final Set<String> WHOLES = Set.of(WHOLE, "EmbedLayerNormalization");

    private static final String PACKED = ".qkv_proj";

    private final ModelGraph graph;
    private final Values values;
    private final CallTree calls;
    private final Map<String, String> reasons = new TreeMap<>();

    Unhooked(ModelGraph graph, Values values, CallTree calls) {
        this.graph = graph;
        this.values = values;
        this.calls = calls;
    }

    /**
     * Modules and hook points by path, each with its reason.
     *
     * @param sites what was found, by module
     * @param unsure hook points that were left out, by path
     */
    Map<String, String> reasons(Map<String, List<Site>> sites, Map<String, String> unsure) {
        unsure.forEach(this::add);
        for (int index = 0; index < graph.nodes().size(); index++) {
            NodeProto node = graph.nodes().get(index);
            Call call = calls.innermost(index);
            if (FUSED.contains(node.getOpType()) && !call.isRoot()) {
                addAttention(node, call);
            }
            if (!call.isRoot() && sites.getOrDefault(call.path, List.of()).isEmpty()) {
                addHeads(node, call);
            }
        }
        if (graph.nodes().stream().anyMatch(Unhooked::isFused)) {
            addLost(sites);
        }
        return reasons;
    }

    private static boolean isFused(NodeProto node) {
        return WHOLES.contains(node.getOpType());
    }

    /** Modules whose weights are left, and none of their values. */
    private void addLost(Map<String, List<Site>> sites) {
        for (String owner : calls.owners()) {
            String path = ModuleTree.ROOT + "." + owner;
            if (sites.getOrDefault(path, List.of()).isEmpty()) {
                add(path, "it was fused with others into one node");
            }
        }
    }

    private void addAttention(NodeProto node, Call call) {
        add(
                call.path + ".attention",
                node.getOpType().equals(WHOLE)
                        ? "'Attention' keeps its probabilities to itself, queries, keys and values too"
                        : "'%s' keeps its probabilities to itself".formatted(node.getOpType()));
        boolean packed = node.getInputCount() < 2 || node.getInput(1).isEmpty();
        if (packed && node.getOpType().equals(GROUPED)) {
            graph.producer(node.getInput(0))
                    .map(calls::innermost)
                    .filter(projection -> projection.path.endsWith(PACKED))
                    .ifPresent(projection -> addPacked(node, projection.path));
        }
    }

    /** Queries of all heads come first, then all keys, then all values. */
    private void addPacked(NodeProto attention, String packed) {
        int heads = attribute(attention, "num_heads", 0);
        int shared = attribute(attention, "kv_num_heads", heads);
        int width = values.of(attention.getInput(0)).map(Values.Value::width).orElse(0);
        if (heads + 2 * shared == 0 || width == 0) {
            return;
        }
        int head = width / (heads + 2 * shared);
        int keys = heads * head;
        addPart(packed, "q_proj", 0, keys);
        addPart(packed, "k_proj", keys, keys + shared * head);
        addPart(packed, "v_proj", keys + shared * head, width);
    }

    private void addPart(String packed, String name, int from, int to) {
        add(
                packed.substring(0, packed.length() - PACKED.length()) + "." + name,
                "its output is 'qkv_proj.output', units '%d:%d'".formatted(from, to));
    }

    /** A module of no hook points that hands on values by head, such as a norm of queries. */
    private void addHeads(NodeProto node, Call call) {
        boolean handsOn =
                node.getOutputList().stream()
                        .filter(values::isByHead)
                        .flatMap(tensor -> graph.consumers(tensor).stream())
                        .anyMatch(edge -> !call.contains(edge.node()));
        if (handsOn) {
            add(call.path, "its values are split by head");
        }
    }

    private void add(String path, String reason) {
        reasons.put(path.replaceAll("\\.\\d+(?=\\.|$)", ".*"), reason);
    }

    private static int attribute(NodeProto node, String name, int otherwise) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .map(AttributeProto::getI)
                .map(Math::toIntExact)
                .orElse(otherwise);
    }
}
