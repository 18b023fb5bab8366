/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.Site;
import io.hookline.plan.Structure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compiles structures that are cut where code waits. All segments together run exactly the nodes
 * that the uncut structure runs.
 */
public final class SegmentCompiler {
    private final CanonicalGraph canonical;

    public SegmentCompiler(CanonicalGraph canonical) {
        this.canonical = canonical;
    }

    /**
     * Cuts a structure, at its calls and wherever else code waits.
     *
     * @param cuts where code waits besides, in the order in which it runs; the code at a site sees
     *     the value after the structure's edits there, and taps behind those edits see what it
     *     leaves
     * @throws IllegalArgumentException when a site comes twice, or its value is made from that at a
     *     later one
     */
    public SegmentedPlan compile(Structure structure, List<Site> cuts) {
        if (new HashSet<>(cuts).size() < cuts.size()) {
            throw new IllegalArgumentException("code can wait at a hook point once, got " + cuts);
        }
        EditedGraph graph = new PlanCompiler(canonical).edited(structure, cuts);
        Slice slice = Slice.of(graph.nodes(), graph.wanted());
        List<NodeProto> needed = graph.nodes().stream().filter(slice::needs).toList();
        return new Cutting(graph, needed).plan(structure);
    }

    /** One structure being cut. */
    private static final class Cutting {
        private final EditedGraph graph;
        private final Segmentation segmentation;
        private final List<List<NodeProto>> nodes = new ArrayList<>();
        private final Map<String, NodeProto> constants = new TreeMap<>();

        private Cutting(EditedGraph graph, List<NodeProto> needed) {
            this.graph = graph;
            this.segmentation = Segmentation.of(needed, graph.cuts());
            for (int segment = 0; segment < segmentation.count(); segment++) {
                nodes.add(new ArrayList<>());
            }
            for (NodeProto node : needed) {
                if (Segmentation.isConstant(node)) {
                    constants.put(node.getOutput(0), node);
                } else if (!segmentation.isCut(node)) {
                    nodes.get(segmentation.segment(node)).add(node);
                }
            }
        }

        private SegmentedPlan plan(Structure structure) {
            List<Segment> segments = new ArrayList<>();
            for (int segment = 0; segment < nodes.size(); segment++) {
                Segment made = segment(segment);
                // Behind the last cut there may be nothing that anybody wants.
                if (!made.outputs().isEmpty()) {
                    segments.add(made);
                }
            }
            List<SegmentedPlan.Cut> cuts = new ArrayList<>();
            for (int cut = 0; cut < graph.cuts().size(); cut++) {
                EditedGraph.Mark mark = graph.cuts().get(cut);
                cuts.add(
                        new SegmentedPlan.Cut(
                                mark.site(),
                                mark.slot(),
                                mark.value(),
                                mark.resumed(),
                                segmentation.boundary(cut)));
            }
            return new SegmentedPlan(structure, segments, cuts);
        }

        private Segment segment(int segment) {
            List<NodeProto> own = new ArrayList<>(nodes.get(segment));
            Set<String> reads = reads(own);
            constants.forEach(
                    (name, constant) -> {
                        if (reads.contains(name)) {
                            own.add(constant);
                        }
                    });
            Set<String> made = new TreeSet<>();
            nodes.get(segment).forEach(node -> made.addAll(node.getOutputList()));
            Set<String> feeds = graph.feedsByName().keySet();
            List<String> inputs =
                    reads.stream()
                            .filter(read -> !made.contains(read))
                            .filter(read -> segmentation.makes(read) || feeds.contains(read))
                            .toList();
            Set<String> wanted = wantedAfter(segment);
            return new Segment(graph, own, inputs, made.stream().filter(wanted::contains).toList());
        }

        /** What must leave a segment: for the caller, for code, for later segments. */
        private Set<String> wantedAfter(int segment) {
            Set<String> wanted = new HashSet<>(graph.outputs());
            graph.cuts().forEach(cut -> wanted.add(cut.value()));
            nodes.subList(segment + 1, nodes.size()).forEach(later -> wanted.addAll(reads(later)));
            return wanted;
        }

        private static Set<String> reads(List<NodeProto> nodes) {
            Set<String> reads = new TreeSet<>();
            nodes.forEach(node -> reads.addAll(Slice.reads(node)));
            return reads;
        }
    }
}
