/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** {@code (a · bᵀ) · scale} with a constant scale, as in attention. */
final class ScaledProductFusion implements Fusion.Rule {
    /** The last two of four axes change places. */
    private static final List<Long> TRANSPOSED = List.of(0L, 1L, 3L, 2L);

    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Mul")) {
            return Optional.empty();
        }
        return at(last, last.getInput(0), last.getInput(1), graph)
                .or(() -> at(last, last.getInput(1), last.getInput(0), graph));
    }

    private static Optional<List<NodeProto>> at(
            NodeProto last, String product, String scale, FusedGraph graph) {
        Optional<Float> alpha = graph.number(scale);
        if (alpha.isEmpty()) {
            return Optional.empty();
        }
        return graph.inner(product, "MatMul")
                .flatMap(
                        matmul ->
                                graph.inner(matmul.getInput(1), "Transpose")
                                        .filter(ScaledProductFusion::isTransposed)
                                        .map(turned -> node(matmul, turned, alpha.get(), last)))
                .map(List::of);
    }

    private static boolean isTransposed(NodeProto transpose) {
        return FusedGraph.integers(transpose, "perm").equals(TRANSPOSED);
    }

    private static NodeProto node(NodeProto matmul, NodeProto turned, float alpha, NodeProto last) {
        return FusedGraph.own(
                FusedGraph.node(
                        "FusedMatMul",
                        List.of(matmul.getInput(0), turned.getInput(0)),
                        last.getOutput(0),
                        integer("transB", 1),
                        FusedGraph.real("alpha", alpha)));
    }
}
