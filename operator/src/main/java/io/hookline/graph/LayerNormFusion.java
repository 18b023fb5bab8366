/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/**
 * {@code weight · (x − mean(x)) / √(mean((x − mean(x))²) + ε) + bias} over the last axis, as models
 * of operator sets before 17 write it.
 */
final class LayerNormFusion implements Fusion.Rule {
    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Add")) {
            return Optional.empty();
        }
        return at(last, last.getInput(0), last.getInput(1), graph)
                .or(() -> at(last, last.getInput(1), last.getInput(0), graph));
    }

    private static Optional<List<NodeProto>> at(
            NodeProto last, String bias, String scaled, FusedGraph graph) {
        if (!graph.isVector(bias)) {
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
                .map(norm -> List.of(norm.node(bias, last.getOutput(0))));
    }

    /** What is normed, what it is multiplied with, and the number under the root. */
    private record Normed(String value, String weight, float epsilon) {
        NodeProto node(String bias, String output) {
            return FusedGraph.node(
                    "LayerNormalization",
                    List.of(value, weight, bias),
                    output,
                    integer("axis", -1),
                    integer("stash_type", 1),
                    FusedGraph.real("epsilon", epsilon));
        }
    }

    private static Optional<Normed> normed(String weight, String quotient, FusedGraph graph) {
        if (!graph.isVector(weight)) {
            return Optional.empty();
        }
        return graph.inner(quotient, "Div")
                .flatMap(
                        division ->
                                centred(division.getInput(0), graph)
                                        .flatMap(
                                                value ->
                                                        epsilon(division, graph)
                                                                .map(
                                                                        epsilon ->
                                                                                new Normed(
                                                                                        value,
                                                                                        weight,
                                                                                        epsilon))));
    }

    /** The x of {@code x − mean(x)}. */
    private static Optional<String> centred(String tensor, FusedGraph graph) {
        return graph.unhooked(tensor, "Sub")
                .filter(
                        difference ->
                                graph.inner(difference.getInput(1), "ReduceMean")
                                        .filter(mean -> NormFusion.isOverLastAxis(mean, graph))
                                        .filter(
                                                mean ->
                                                        mean.getInput(0)
                                                                .equals(difference.getInput(0)))
                                        .isPresent())
                .map(difference -> difference.getInput(0));
    }

    private static Optional<Float> epsilon(NodeProto division, FusedGraph graph) {
        return graph.inner(division.getInput(1), "Sqrt")
                .flatMap(root -> graph.inner(root.getInput(0), "Add"))
                .filter(
                        sum ->
                                NormFusion.isMeanSquare(
                                        sum.getInput(0), division.getInput(0), graph))
                .flatMap(sum -> graph.number(sum.getInput(1)));
    }
}
