/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** {@code x · sigmoid(x)}. */
final class SiluFusion implements Fusion.Rule {
    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Mul")) {
            return Optional.empty();
        }
        return at(last, last.getInput(0), last.getInput(1), graph)
                .or(() -> at(last, last.getInput(1), last.getInput(0), graph));
    }

    private static Optional<List<NodeProto>> at(
            NodeProto last, String value, String gate, FusedGraph graph) {
        return graph.inner(gate, "Sigmoid")
                .filter(sigmoid -> sigmoid.getInput(0).equals(value))
                .map(
                        sigmoid ->
                                List.of(
                                        FusedGraph.own(
                                                FusedGraph.node(
                                                        "QuickGelu",
                                                        List.of(value),
                                                        last.getOutput(0),
                                                        FusedGraph.real("alpha", 1)))));
    }
}
