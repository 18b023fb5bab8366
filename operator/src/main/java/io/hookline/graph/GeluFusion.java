/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ½ · x · (1 + erf(x / √2))}, and the same with {@code tanh(√(2/π) · (x + 0.044715 · x³))}
 * in place of the error function. The three factors are multiplied in any order.
 */
final class GeluFusion implements Fusion.Rule {
    private static final double TOLERANCE = 1e-4;

    /** A gate and what it is a gate of. */
    private record Gate(String op, String value) {}

    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Mul")) {
            return Optional.empty();
        }
        return factors(last, 0, graph)
                .or(() -> factors(last, 1, graph))
                .flatMap(factors -> gate(factors, graph))
                .map(
                        gate ->
                                List.of(
                                        FusedGraph.own(
                                                FusedGraph.node(
                                                        gate.op(),
                                                        List.of(gate.value()),
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

    private static Optional<Gate> gate(List<String> factors, FusedGraph graph) {
        List<String> others = new ArrayList<>(factors);
        others.removeIf(each -> is(0.5, each, graph));
        return others.size() == 2
                ? gate(others.get(0), others.get(1), graph)
                        .or(() -> gate(others.get(1), others.get(0), graph))
                : Optional.empty();
    }

    private static Optional<Gate> gate(String value, String factor, FusedGraph graph) {
        Optional<NodeProto> sum =
                graph.inner(factor, "Add").filter(node -> is(1, node.getInput(1), graph));
        Optional<Gate> exact =
                sum.flatMap(node -> graph.inner(node.getInput(0), "Erf"))
                        .filter(erf -> isOverRoot(erf.getInput(0), value, graph))
                        .map(erf -> new Gate("Gelu", value));
        return exact.or(
                () ->
                        sum.flatMap(node -> graph.inner(node.getInput(0), "Tanh"))
                                .filter(tanh -> isCubic(tanh.getInput(0), value, graph))
                                .map(tanh -> new Gate("FastGelu", value)));
    }

    /** Whether a tensor is {@code √(2/π) · (x + 0.044715 · x³)}. */
    private static boolean isCubic(String tensor, String value, FusedGraph graph) {
        return graph.inner(tensor, "Mul")
                .filter(node -> is(Math.sqrt(2 / Math.PI), node.getInput(1), graph))
                .flatMap(node -> graph.inner(node.getInput(0), "Add"))
                .filter(sum -> sum.getInput(0).equals(value))
                .flatMap(sum -> graph.inner(sum.getInput(1), "Mul"))
                .filter(node -> is(0.044715, node.getInput(1), graph))
                .flatMap(node -> graph.inner(node.getInput(0), "Pow"))
                .filter(cube -> cube.getInput(0).equals(value))
                .filter(cube -> is(3, cube.getInput(1), graph))
                .isPresent();
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
