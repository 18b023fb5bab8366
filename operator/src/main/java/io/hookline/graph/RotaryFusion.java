/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rotary positions: {@code x · cos + turned(x) · sin}, where the halves of x change places and the
 * new first half its sign. The tables of the angles come as one line for each token.
 */
final class RotaryFusion implements Fusion.Rule {
    private static final long END = Long.MAX_VALUE;

    /** What has as many rows as the batch: tables may have one line for all of them. */
    private static final String BATCH = "input_ids";

    /** One of two operands, and the other. */
    private record Pair(String one, String other) {
        static List<Pair> of(NodeProto node) {
            String left = node.getInput(0);
            String right = node.getInput(1);
            return List.of(new Pair(left, right), new Pair(right, left));
        }
    }

    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Add") || !graph.model().inputs().contains(BATCH)) {
            return Optional.empty();
        }
        return Pair.of(last).stream()
                .flatMap(sum -> turned(sum, graph).stream())
                .findFirst()
                .map(turn -> nodes(turn, last.getOutput(0), graph));
    }

    /**
     * What is turned, and by which angles.
     *
     * @param angles {@code [batch, tokens, half]}, where the batch may be one row for all
     */
    private record Turn(String value, String angles, long half) {}

    private static Optional<Turn> turned(Pair sum, FusedGraph graph) {
        Optional<NodeProto> straight = graph.inner(sum.one(), "Mul");
        Optional<NodeProto> crossed = graph.inner(sum.other(), "Mul");
        if (straight.isEmpty() || crossed.isEmpty()) {
            return Optional.empty();
        }
        return Pair.of(straight.get()).stream()
                .flatMap(
                        left ->
                                Pair.of(crossed.get()).stream()
                                        .flatMap(right -> turn(left, right, graph).stream()))
                .findFirst();
    }

    /**
     * @param straight the value and the cosines
     * @param crossed the value with its halves crossed, and the sines
     */
    private static Optional<Turn> turn(Pair straight, Pair crossed, FusedGraph graph) {
        Optional<String> angles = angles(straight.other(), "Cos", graph);
        if (angles.isEmpty() || !angles.equals(angles(crossed.other(), "Sin", graph))) {
            return Optional.empty();
        }
        return graph.maker(angles.get(), "Mul")
                .flatMap(
                        product ->
                                Pair.of(product).stream()
                                        .flatMap(pair -> graph.width(pair.one()).stream())
                                        .findFirst())
                .filter(half -> isCrossed(crossed.one(), straight.one(), half, graph))
                .map(half -> new Turn(straight.one(), angles.get(), half));
    }

    /** The angles whose table, written twice side by side, a factor is. */
    private static Optional<String> angles(String factor, String function, FusedGraph graph) {
        return graph.unhooked(factor, "Unsqueeze")
                .filter(
                        node ->
                                node.getInputCount() > 1
                                        && graph.integers(node.getInput(1))
                                                .equals(Optional.of(List.of(1L))))
                .flatMap(node -> graph.unhooked(node.getInput(0), function))
                .flatMap(node -> graph.unhooked(node.getInput(0), "Concat"))
                .filter(
                        twice ->
                                twice.getInputCount() == 2
                                        && twice.getInput(0).equals(twice.getInput(1))
                                        && FusedGraph.integers(twice, "axis").equals(List.of(-1L)))
                .map(twice -> twice.getInput(0));
    }

    private static boolean isCrossed(String crossed, String value, long half, FusedGraph graph) {
        Optional<NodeProto> joined =
                graph.inner(crossed, "Concat")
                        .filter(node -> node.getInputCount() == 2)
                        .filter(node -> FusedGraph.integers(node, "axis").equals(List.of(-1L)));
        if (joined.isEmpty()) {
            return false;
        }
        boolean negated =
                graph.inner(joined.get().getInput(0), "Neg")
                        .flatMap(neg -> graph.inner(neg.getInput(0), "Slice"))
                        .filter(slice -> isSlice(slice, value, List.of(half, END), graph))
                        .isPresent();
        return negated
                && graph.inner(joined.get().getInput(1), "Slice")
                        .filter(slice -> isSlice(slice, value, List.of(0L, half), graph))
                        .isPresent();
    }

    private static boolean isSlice(
            NodeProto slice, String value, List<Long> range, FusedGraph graph) {
        if (!slice.getInput(0).equals(value) || slice.getInputCount() < 4) {
            return false;
        }
        List<Long> axes = graph.integers(slice.getInput(3)).orElse(List.of());
        boolean whole =
                slice.getInputCount() < 5
                        || graph.integers(slice.getInput(4)).equals(Optional.of(List.of(1L)));
        long start = range.get(0);
        long end = range.get(1);
        return whole
                && (axes.equals(List.of(3L)) || axes.equals(List.of(-1L)))
                && graph.integers(slice.getInput(1)).equals(Optional.of(List.of(start)))
                && graph.integers(slice.getInput(2))
                        .filter(ends -> ends.size() == 1)
                        .filter(ends -> ends.get(0) == end || (end == END && ends.get(0) >= END))
                        .isPresent();
    }

    private static List<NodeProto> nodes(Turn turn, String output, FusedGraph graph) {
        String name = turn.angles() + "/hl-rotary";
        List<NodeProto> nodes = new ArrayList<>();
        if (!graph.isMade(name + "/lines")) {
            nodes.addAll(tables(turn, name, graph));
            nodes.addAll(lines(name, graph));
        }
        nodes.add(
                FusedGraph.own(
                        FusedGraph.node(
                                "RotaryEmbedding",
                                List.of(turn.value(), name + "/at", name + "/cos", name + "/sin"),
                                output,
                                integer("interleaved", 0))));
        return nodes;
    }

    /** Cosines and sines {@code [lines, half]}, and the lines of the angles' own tokens. */
    private static List<NodeProto> tables(Turn turn, String name, FusedGraph graph) {
        String lines = graph.constant(name + "/lines", false, -1, turn.half());
        String zero = graph.constant(name + "/zero", true, 0);
        String one = graph.constant(name + "/one", true, 1);
        String from = graph.constant(name + "/from", false, 0);
        String to = graph.constant(name + "/to", false, 2);
        String angles = turn.angles();
        return List.of(
                FusedGraph.node("Cos", List.of(angles), name + "/cosines"),
                FusedGraph.node("Reshape", List.of(name + "/cosines", lines), name + "/cos"),
                FusedGraph.node("Sin", List.of(angles), name + "/sines"),
                FusedGraph.node("Reshape", List.of(name + "/sines", lines), name + "/sin"),
                FusedGraph.node("Shape", List.of(angles), name + "/shape"),
                FusedGraph.node("Slice", List.of(name + "/shape", from, to), name + "/tokens"),
                FusedGraph.node(
                        "ReduceProd",
                        List.of(name + "/tokens"),
                        name + "/count",
                        integer("keepdims", 0)),
                FusedGraph.node("Range", List.of(zero, name + "/count", one), name + "/numbers"),
                FusedGraph.node(
                        "Reshape", List.of(name + "/numbers", name + "/tokens"), name + "/own"));
    }

    /** The line of each token {@code [batch, tokens]}. */
    private static List<NodeProto> lines(String name, FusedGraph graph) {
        String from = graph.constant(name + "/from", false, 0);
        String single = graph.constant(name + "/single", false, 1);
        return List.of(
                FusedGraph.node("Shape", List.of(BATCH), name + "/ids"),
                FusedGraph.node("Slice", List.of(name + "/ids", from, single), name + "/rows"),
                FusedGraph.node(
                        "Concat",
                        List.of(name + "/rows", single),
                        name + "/each",
                        integer("axis", 0)),
                FusedGraph.node("Expand", List.of(name + "/own", name + "/each"), name + "/at"));
    }
}
