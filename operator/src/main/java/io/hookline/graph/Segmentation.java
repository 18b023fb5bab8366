/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.graph.EditedGraph.Mark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which segment makes each tensor of a graph that is cut. A node runs as soon as it can: in the
 * last segment that one of its reads comes from. Cuts that don't depend on each other share a
 * boundary.
 */
final class Segmentation {
    private static final String CONSTANT = "Constant";

    private final List<NodeProto> nodes;
    private final List<Mark> cuts;
    private final Map<String, Integer> cutsByResumed = new HashMap<>();
    private final Map<String, Integer> segments = new HashMap<>();
    private final List<Integer> boundaries = new ArrayList<>();

    private Segmentation(List<NodeProto> nodes, List<Mark> cuts) {
        this.nodes = nodes;
        this.cuts = cuts;
        for (int cut = 0; cut < cuts.size(); cut++) {
            cutsByResumed.put(cuts.get(cut).resumed(), cut);
        }
    }

    /**
     * Finds the segments.
     *
     * @param nodes those that are needed, the cuts among them, in any order
     * @throws IllegalArgumentException when the value at a cut is made from one at a later cut
     */
    static Segmentation of(List<NodeProto> nodes, List<Mark> cuts) {
        Segmentation segmentation = new Segmentation(nodes, cuts);
        segmentation.checkOrder();
        segmentation.inOrder().forEach(segmentation::place);
        return segmentation;
    }

    /** Whether the node is a constant, which every segment that reads it has for itself. */
    static boolean isConstant(NodeProto node) {
        return node.getOpType().equals(CONSTANT);
    }

    /** Whether the node stands for a cut. */
    boolean isCut(NodeProto node) {
        return cutsByResumed.containsKey(node.getOutput(0));
    }

    /** The segment that a node runs in, which is neither a constant nor a cut. */
    int segment(NodeProto node) {
        return segments.getOrDefault(node.getOutput(0), 0);
    }

    /** Whether some segment makes the tensor or a cut hands it on. */
    boolean makes(String tensor) {
        return segments.containsKey(tensor);
    }

    /** The segment after which the code of a cut runs. */
    int boundary(int cut) {
        return boundaries.get(cut);
    }

    /** How many segments there are. */
    int count() {
        return boundaries.isEmpty() ? 1 : boundaries.get(boundaries.size() - 1) + 2;
    }

    private void checkOrder() {
        for (int cut = 0; cut < cuts.size(); cut++) {
            Slice slice = Slice.of(nodes, List.of(cuts.get(cut).value()));
            for (Mark later : cuts.subList(cut + 1, cuts.size())) {
                if (slice.needs(later.resumed())) {
                    throw new IllegalArgumentException(
                            "code can't wait at '%s' before '%s', which it is computed from"
                                    .formatted(cuts.get(cut).site().point(), later.site().point()));
                }
            }
        }
    }

    private void place(NodeProto node) {
        if (isConstant(node)) {
            return;
        }
        int segment =
                Slice.reads(node).stream()
                        .mapToInt(read -> segments.getOrDefault(read, 0))
                        .max()
                        .orElse(0);
        if (isCut(node)) {
            // What the code before has just left is there without another segment.
            boolean left = cutsByResumed.containsKey(node.getInput(0));
            boundaries.add(left ? count() - 2 : Math.max(segment, count() - 2));
            segment = count() - 1;
        }
        for (String output : node.getOutputList()) {
            segments.put(output, segment);
        }
    }

    /** The nodes, each behind what it reads, and each cut behind the one before. */
    private List<NodeProto> inOrder() {
        Map<String, Integer> producers = new HashMap<>();
        for (int node = 0; node < nodes.size(); node++) {
            for (String output : nodes.get(node).getOutputList()) {
                producers.put(output, node);
            }
        }
        List<List<Integer>> readers = new ArrayList<>();
        nodes.forEach(node -> readers.add(new ArrayList<>()));
        int[] waiting = new int[nodes.size()];
        for (int node = 0; node < nodes.size(); node++) {
            for (int before : before(node, producers)) {
                readers.get(before).add(node);
                waiting[node]++;
            }
        }
        return released(readers, waiting);
    }

    private Set<Integer> before(int node, Map<String, Integer> producers) {
        Set<Integer> before = new TreeSet<>();
        for (String read : Slice.reads(nodes.get(node))) {
            Integer producer = producers.get(read);
            if (producer != null) {
                before.add(producer);
            }
        }
        Integer cut = cutsByResumed.get(nodes.get(node).getOutput(0));
        Integer earlier = cut == null || cut == 0 ? null : producer(cut - 1, producers);
        if (earlier != null) {
            before.add(earlier);
        }
        return before;
    }

    private @org.jspecify.annotations.Nullable Integer producer(
            int cut, Map<String, Integer> producers) {
        return producers.get(cuts.get(cut).resumed());
    }

    private List<NodeProto> released(List<List<Integer>> readers, int[] waiting) {
        Deque<Integer> ready = new ArrayDeque<>();
        for (int node = 0; node < waiting.length; node++) {
            if (waiting[node] == 0) {
                ready.add(node);
            }
        }
        List<NodeProto> ordered = new ArrayList<>();
        while (!ready.isEmpty()) {
            int node = ready.remove();
            ordered.add(nodes.get(node));
            for (int reader : readers.get(node)) {
                if (--waiting[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        if (ordered.size() < nodes.size()) {
            throw new IllegalStateException("the graph has a cycle");
        }
        return ordered;
    }
}
