/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of a graph is needed for some of its tensors: ONNX Runtime itself never prunes. */
final class Slice {
    private final Set<String> tensors = new HashSet<>();

    private Slice() {}

    /** Walks backwards from the wanted tensors. */
    static Slice of(List<NodeProto> nodes, Collection<String> wanted) {
        Map<String, NodeProto> producers = new HashMap<>();
        for (NodeProto node : nodes) {
            node.getOutputList().forEach(output -> producers.put(output, node));
        }
        Slice slice = new Slice();
        Deque<String> open = new ArrayDeque<>(wanted);
        while (!open.isEmpty()) {
            String tensor = open.pop();
            if (slice.tensors.add(tensor)) {
                NodeProto producer = producers.get(tensor);
                if (producer != null) {
                    open.addAll(reads(producer));
                }
            }
        }
        return slice;
    }

    /** Whether the tensor is needed. */
    boolean needs(String tensor) {
        return tensors.contains(tensor);
    }

    /** Whether any of the node's outputs is needed. */
    boolean needs(NodeProto node) {
        return node.getOutputList().stream().anyMatch(tensors::contains);
    }

    /** Everything that a node reads, in the bodies of control flow, too. */
    static Set<String> reads(NodeProto node) {
        Set<String> reads = new HashSet<>(node.getInputList());
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG()) {
                reads.addAll(bodyReads(attribute.getG()));
            }
            attribute.getGraphsList().forEach(body -> reads.addAll(bodyReads(body)));
        }
        return reads;
    }

    private static Set<String> bodyReads(GraphProto body) {
        Set<String> reads = new HashSet<>();
        body.getNodeList().forEach(node -> reads.addAll(reads(node)));
        body.getOutputList().forEach(output -> reads.add(output.getName()));
        return reads;
    }
}
