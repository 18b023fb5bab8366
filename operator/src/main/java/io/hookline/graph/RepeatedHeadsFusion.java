/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys or values of which several heads of queries share one: each is repeated for its heads. */
final class RepeatedHeadsFusion implements Fusion.Rule {
    @Override
    public Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph) {
        if (!last.getOpType().equals("Reshape")) {
            return Optional.empty();
        }
        return graph.inner(last.getInput(0), "Expand").flatMap(expand -> at(last, expand, graph));
    }

    private static Optional<List<NodeProto>> at(
            NodeProto last, NodeProto expand, FusedGraph graph) {
        Optional<NodeProto> apart =
                graph.inner(expand.getInput(0), "Unsqueeze")
                        .filter(node -> axes(node, graph).equals(List.of(2L)));
        List<Optional<Long>> repeated = lengths(expand.getInput(1), graph);
        List<Optional<Long>> merged = lengths(last.getInput(1), graph);
        if (apart.isEmpty() || repeated.size() != 5 || merged.size() != 4) {
            return Optional.empty();
        }
        Optional<Long> heads = repeated.get(1);
        Optional<Long> times = repeated.get(2);
        if (heads.isEmpty()
                || times.isEmpty()
                || !merged.get(1).equals(Optional.of(heads.get() * times.get()))) {
            return Optional.empty();
        }
        String index = index(heads.get().intValue(), times.get().intValue(), graph);
        return Optional.of(
                List.of(
                        FusedGraph.node(
                                "Gather",
                                List.of(apart.get().getInput(0), index),
                                last.getOutput(0),
                                integer("axis", 1))));
    }

    private static List<Long> axes(NodeProto unsqueeze, FusedGraph graph) {
        return unsqueeze.getInputCount() > 1
                ? graph.integers(unsqueeze.getInput(1)).orElse(List.of())
                : FusedGraph.integers(unsqueeze, "axes");
    }

    /** Lengths of a shape that is put together of single ones, those known that are constant. */
    private static List<Optional<Long>> lengths(String shape, FusedGraph graph) {
        List<Optional<Long>> lengths = new ArrayList<>();
        graph.maker(shape, "Concat")
                .ifPresent(
                        concat -> {
                            for (String part : concat.getInputList()) {
                                lengths.add(
                                        graph.integers(part)
                                                .filter(all -> all.size() == 1)
                                                .map(all -> all.get(0)));
                            }
                        });
        return lengths;
    }

    private static String index(int heads, int times, FusedGraph graph) {
        long[] index = new long[heads * times];
        for (int i = 0; i < index.length; i++) {
            index[i] = i / times;
        }
        return graph.constant("hl/repeated/" + heads + "x" + times, false, index);
    }
}
