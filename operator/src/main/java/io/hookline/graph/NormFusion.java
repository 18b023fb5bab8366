/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** {@code weight · x / √(mean(x²) + ε)} over the last axis: a root mean square norm. */
final class NormFusion implements Fusion.Rule {
    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Mul")) {
            return Optional.empty();
        }
        return at(last, last.getInput(0), last.getInput(1), graph)
                .or(() -> at(last, last.getInput(1), last.getInput(0), graph));
    }

    private static Optional<List<NodeProto>> at(
            NodeProto last, String weight, String scaled, FusedGraph graph) {
        if (!graph.isVector(weight)) {
            return Optional.empty();
        }
        return graph.inner(scaled, "Mul")
                .flatMap(
                        product ->
                                normed(product.getInput(0), product.getInput(1), graph)
                                        .or(
                                                () ->
                                                        normed(
                                                                product.getInput(1),
                                                                product.getInput(0),
                                                                graph)))
                .map(norm -> List.of(norm.node(weight, last.getOutput(0))));
    }

    /** What is normed, and the number under the root. */
    private record Normed(String value, float epsilon) {
        NodeProto node(String weight, String output) {
            return FusedGraph.node(
                    "SimplifiedLayerNormalization",
                    List.of(value, weight),
                    output,
                    integer("axis", -1),
                    integer("stash_type", 1),
                    FusedGraph.real("epsilon", epsilon));
        }
    }

    private static Optional<Normed> normed(String value, String factor, FusedGraph graph) {
        return root(factor, graph)
                .flatMap(root -> graph.inner(root, "Sqrt"))
                .flatMap(sqrt -> graph.inner(sqrt.getInput(0), "Add"))
                .filter(sum -> isMeanSquare(sum.getInput(0), value, graph))
                .flatMap(sum -> graph.number(sum.getInput(1)))
                .map(epsilon -> new Normed(value, epsilon));
    }

    /** What a factor is one over. */
    private static Optional<String> root(String factor, FusedGraph graph) {
        return graph.inner(factor, "Reciprocal")
                .map(node -> node.getInput(0))
                .or(
                        () ->
                                graph.inner(factor, "Div")
                                        .filter(
                                                node ->
                                                        graph.number(node.getInput(0))
                                                                .filter(one -> one == 1f)
                                                                .isPresent())
                                        .map(node -> node.getInput(1)));
    }

    private static boolean isMeanSquare(String tensor, String value, FusedGraph graph) {
        return graph.inner(tensor, "ReduceMean")
                .filter(mean -> isOverLastAxis(mean, graph))
                .flatMap(mean -> square(mean.getInput(0), graph))
                .filter(value::equals)
                .isPresent();
    }

    private static boolean isOverLastAxis(NodeProto mean, FusedGraph graph) {
        List<Long> axes =
                mean.getInputCount() > 1
                        ? graph.integers(mean.getInput(1)).orElse(List.of())
                        : FusedGraph.integers(mean, "axes");
        return axes.equals(List.of(-1L)) && !FusedGraph.integers(mean, "keepdims").contains(0L);
    }

    private static Optional<String> square(String tensor, FusedGraph graph) {
        return graph.inner(tensor, "Pow")
                .filter(
                        pow ->
                                graph.number(pow.getInput(1))
                                        .filter(exponent -> exponent == 2f)
                                        .isPresent())
                .or(
                        () ->
                                graph.inner(tensor, "Mul")
                                        .filter(mul -> mul.getInput(0).equals(mul.getInput(1))))
                .map(node -> node.getInput(0));
    }
}
