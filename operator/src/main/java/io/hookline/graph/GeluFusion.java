/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code ½ · x · (1 + erf(x / √2))}, its three factors multiplied in any order. */
final class GeluFusion implements Fusion.Rule {
    private static final double TOLERANCE = 1e-4;

    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Mul")) {
            return Optional.empty();
        }
        return factors(last, 0, graph)
                .or(() -> factors(last, 1, graph))
                .flatMap(factors -> value(factors, graph))
                .map(
                        value ->
                                List.of(
                                        FusedGraph.own(
                                                FusedGraph.node(
                                                        "Gelu",
                                                        List.of(value),
                                                        last.getOutput(0)))));
    }

    /** Three factors, two of them multiplied before and read as that input. */
    private static Optional<List<String>> factors(NodeProto last, int product, FusedGraph graph) {
        return graph.inner(last.getInput(product), "Mul")
                .map(
                        inner ->
                                List.of(
                                        last.getInput(1 - product),
                                        inner.getInput(0),
                                        inner.getInput(1)))
                .filter(factors -> factors.stream().anyMatch(each -> is(0.5, each, graph)));
    }

    /** The x of the factors. */
    private static Optional<String> value(List<String> factors, FusedGraph graph) {
        List<String> others = new ArrayList<>(factors);
        others.removeIf(each -> is(0.5, each, graph));
        return others.size() == 2
                ? value(others.get(0), others.get(1), graph)
                        .or(() -> value(others.get(1), others.get(0), graph))
                : Optional.empty();
    }

    private static Optional<String> value(String value, String gate, FusedGraph graph) {
        return graph.inner(gate, "Add")
                .filter(sum -> is(1, sum.getInput(1), graph))
                .flatMap(sum -> graph.inner(sum.getInput(0), "Erf"))
                .filter(erf -> isOverRoot(erf.getInput(0), value, graph))
                .map(erf -> value);
    }

    /** Whether a tensor is {@code x / √2}. */
    private static boolean isOverRoot(String tensor, String value, FusedGraph graph) {
        return graph.inner(tensor, "Div")
                .filter(node -> is(Math.sqrt(2), node.getInput(1), graph))
                .or(
                        () ->
                                graph.inner(tensor, "Mul")
                                        .filter(
                                                node ->
                                                        is(
                                                                Math.sqrt(0.5),
                                                                node.getInput(1),
                                                                graph)))
                .filter(node -> node.getInput(0).equals(value))
                .isPresent();
    }

    private static boolean is(double number, String tensor, FusedGraph graph) {
        return graph.number(tensor)
                .filter(found -> Math.abs(found - number) < TOLERANCE)
                .isPresent();
    }
}
