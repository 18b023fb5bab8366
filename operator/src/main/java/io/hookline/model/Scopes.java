/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.NamingConvention.Frame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The chain of module calls around every node. Nodes that say nothing (an optimiser or exporter
 * made them) belong where their neighbours do.
 */
final class Scopes {
    private static final Set<String> QUANTIZERS =
            Set.of("DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear");

    private final ModelGraph graph;
    private final List<List<Frame>> chains = new ArrayList<>();
    private final BitSet explicit = new BitSet();
    private final Set<String> owners = new HashSet<>();

    private Scopes(ModelGraph graph) {
        this.graph = graph;
    }

    static Scopes of(ModelGraph graph, NamingConvention convention) {
        Scopes scopes = new Scopes(graph);
        scopes.read(convention);
        scopes.placeQuantizers();
        scopes.placeOthers(convention);
        return scopes;
    }

    /** Calls around a node, outermost first and without the root; paths as in the checkpoint. */
    List<Frame> chain(int node) {
        return chains.get(node);
    }

    /** Whether the exporter itself said where the node belongs. */
    boolean isExplicit(int node) {
        return explicit.get(node);
    }

    private void read(NamingConvention convention) {
        for (String initializer : graph.initializers().keySet()) {
            owners.add(convention.owner(initializer));
        }
        owners.remove("");
        List<Optional<List<Frame>>> raw = graph.nodes().stream().map(convention::frames).toList();
        Set<String> marked = paths(raw.stream().flatMap(Optional::stream).toList());
        List<Optional<List<Frame>>> unmarked =
                raw.stream()
                        .map(chain -> chain.map(c -> convention.readMarks(c, marked, owners)))
                        .toList();
        CheckpointPaths checkpoint =
                CheckpointPaths.of(
                        paths(unmarked.stream().flatMap(Optional::stream).toList()), owners);
        for (int node = 0; node < unmarked.size(); node++) {
            explicit.set(node, unmarked.get(node).isPresent() && !isQuantizer(node));
            chains.add(renamed(unmarked.get(node).orElse(List.of()), checkpoint));
        }
    }

    private static Set<String> paths(List<List<Frame>> chains) {
        Set<String> paths = new HashSet<>();
        chains.forEach(chain -> chain.forEach(frame -> paths.add(frame.path())));
        return paths;
    }

    private static List<Frame> renamed(List<Frame> chain, CheckpointPaths checkpoint) {
        return chain.stream()
                .map(f -> new Frame(checkpoint.of(f.path()), f.visit(), f.className()))
                .filter(frame -> !frame.path().isEmpty())
                .toList();
    }

    private boolean isQuantizer(int node) {
        return QUANTIZERS.contains(graph.nodes().get(node).getOpType());
    }

    /**
     * Quantisers carry the name of the tensor that they read, but are part of who reads theirs: a
     * module hands out floats.
     */
    private void placeQuantizers() {
        for (int node = graph.nodes().size() - 1; node >= 0; node--) {
            if (isQuantizer(node)) {
                common(readers(node)).ifPresent(set(node));
            }
        }
        for (int node = 0; node < graph.nodes().size(); node++) {
            looked(node).ifPresent(set(node));
        }
    }

    /** The chain of the look-up in a quantised table that this node makes floats of. */
    private Optional<List<Frame>> looked(int node) {
        NodeProto proto = graph.nodes().get(node);
        return proto.getOpType().equals("DequantizeLinear")
                ? graph.producer(proto.getInput(0))
                        .filter(p -> graph.nodes().get(p).getOpType().equals("Gather"))
                        .map(chains::get)
                : Optional.empty();
    }

    private void placeOthers(NamingConvention convention) {
        for (int node = 0; node < graph.nodes().size(); node++) {
            if (!explicit.get(node) && !isQuantizer(node)) {
                List<List<Frame>> around = new ArrayList<>(readers(node));
                for (String input : graph.nodes().get(node).getInputList()) {
                    graph.producer(input).map(chains::get).ifPresent(around::add);
                }
                common(around).ifPresent(set(node));
                placeByWeight(node, convention);
            }
        }
    }

    private java.util.function.Consumer<List<Frame>> set(int node) {
        return chain -> chains.set(node, chain);
    }

    private List<List<Frame>> readers(int node) {
        List<List<Frame>> readers = new ArrayList<>();
        for (String output : graph.nodes().get(node).getOutputList()) {
            for (ModelGraph.Edge edge : graph.consumers(output)) {
                if (explicit.get(edge.node()) || isQuantizer(edge.node())) {
                    readers.add(chains.get(edge.node()));
                }
            }
        }
        return readers;
    }

    private static Optional<List<Frame>> common(List<List<Frame>> chains) {
        return chains.stream().reduce(Scopes::common);
    }

    private static List<Frame> common(List<Frame> a, List<Frame> b) {
        int length = 0;
        while (length < Math.min(a.size(), b.size()) && a.get(length).equals(b.get(length))) {
            length++;
        }
        return a.subList(0, length);
    }

    /** A fused norm or linear still reads the weights of the module that it was. */
    private void placeByWeight(int node, NamingConvention convention) {
        NodeProto proto = graph.nodes().get(node);
        List<Frame> chain = chains.get(node);
        String above = chain.isEmpty() ? "" : chain.get(chain.size() - 1).path() + ".";
        if (proto.getOpType().equals("Gather")) {
            return;
        }
        proto.getInputList().stream()
                .filter(graph.initializers()::containsKey)
                .map(convention::owner)
                .filter(owner -> !owner.isEmpty() && owner.startsWith(above))
                .findFirst()
                .ifPresent(
                        owner -> {
                            List<Frame> longer = new ArrayList<>(chain);
                            longer.add(new Frame(owner, 0, ""));
                            chains.set(node, longer);
                        });
    }
}
