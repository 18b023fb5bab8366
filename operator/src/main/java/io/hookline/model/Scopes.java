/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.NamingConvention.Frame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The chain of module calls around every node. Nodes that say nothing (an optimiser or exporter
 * made them) belong where their neighbours do.
 */
final class Scopes {
    private static final Set<String> QUANTIZERS =
            Set.of("DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear");

    /** Domain of the operators that only ONNX Runtime has. */
    private static final String OPTIMISER = "com.microsoft";

    /** Several look-ups and their norm, the weights of several modules. */
    private static final String EMBEDDINGS = "EmbedLayerNormalization";

    private static final Pattern MEMBER = Pattern.compile(".*\\.\\d+");

    private final ModelGraph graph;
    private final List<List<Frame>> chains = new ArrayList<>();
    private final BitSet explicit = new BitSet();
    private final BitSet floating = new BitSet();
    private final Map<String, Frame> frames = new HashMap<>();
    private final Set<String> owners = new HashSet<>();

    private Scopes(ModelGraph graph) {
        this.graph = graph;
    }

    static Scopes of(ModelGraph graph, NamingConvention convention) {
        Scopes scopes = new Scopes(graph);
        scopes.read(convention);
        scopes.placeQuantizers();
        scopes.placeParts(convention);
        scopes.placeOthers(convention);
        scopes.placeSums();
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

    /** Paths of modules that have weights, as in the checkpoint. */
    Set<String> owners() {
        return owners;
    }

    /**
     * Whether the node is an optimiser's own, and nothing says which module it was: what stands
     * beside it may be inside the same module or not.
     */
    boolean isFloating(int node) {
        return floating.get(node);
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
            chains.get(node).forEach(frame -> frames.putIfAbsent(frame.path(), frame));
        }
    }

    /** Parts of fused nodes whose module is known. */
    private void placeParts(NamingConvention convention) {
        for (int node = 0; node < graph.nodes().size(); node++) {
            NodeProto proto = graph.nodes().get(node);
            if (proto.getOpType().equals(EMBEDDINGS)) {
                chains.set(node, down(List.of(), "", owner(proto, convention)));
                explicit.set(node);
            } else if (proto.getName().startsWith(FusedSplit.BIAS)) {
                graph.producer(proto.getInput(0)).map(chains::get).ifPresent(set(node));
                explicit.set(node);
            } else if (proto.getName().startsWith(FusedSplit.OWN)) {
                placeByWeight(node, convention);
                explicit.set(node);
            } else if (proto.getName().startsWith(FusedSplit.AFTER) && !explicit.get(node)) {
                graph.producer(proto.getInput(0))
                        .map(chains::get)
                        .map(Scopes::around)
                        .ifPresent(set(node));
                explicit.set(node);
            }
        }
    }

    /** The module around all whose weights a node reads. */
    private String owner(NodeProto node, NamingConvention convention) {
        return node.getInputList().stream()
                .filter(graph.initializers()::containsKey)
                .map(convention::owner)
                .reduce(Scopes::around)
                .orElse("");
    }

    private static String around(String one, String other) {
        String path = one;
        while (!path.isEmpty() && !(other + ".").startsWith(path + ".")) {
            path = path.substring(0, Math.max(0, path.lastIndexOf('.')));
        }
        return path;
    }

    private static List<Frame> around(List<Frame> chain) {
        return chain.subList(0, Math.max(0, chain.size() - 1));
    }

    /** A residual is added where its branch and the norm are, else in the branch's layer. */
    private void placeSums() {
        for (int node = 0; node < graph.nodes().size() - 1; node++) {
            NodeProto proto = graph.nodes().get(node);
            if (proto.getName().startsWith(FusedSplit.SUM)) {
                int later =
                        proto.getInputList().stream()
                                .flatMap(tensor -> graph.producer(tensor).stream())
                                .max(Integer::compare)
                                .orElse(node);
                List<Frame> layer = layer(chains.get(later));
                List<Frame> shared = common(chains.get(later), chains.get(node + 1));
                chains.set(node, shared.size() < layer.size() ? layer : shared);
                explicit.set(node);
            }
        }
    }

    /** The chain up to the innermost member of a list. */
    private static List<Frame> layer(List<Frame> chain) {
        int size = chain.size();
        while (size > 0 && !MEMBER.matcher(chain.get(size - 1).path()).matches()) {
            size--;
        }
        return chain.subList(0, size);
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
                boolean lookedUp = graph.nodes().get(node).getOpType().equals("Gather");
                boolean placed = !lookedUp && placeByWeight(node, convention);
                if (!placed && graph.nodes().get(node).getDomain().equals(OPTIMISER)) {
                    floating.set(node);
                    placeAttention(node);
                }
            }
        }
    }

    /** Attention that nobody names is at least in the layer of who reads it. */
    private void placeAttention(int node) {
        if (Unhooked.FUSED.contains(graph.nodes().get(node).getOpType())) {
            common(readers(node)).map(Scopes::layer).ifPresent(set(node));
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
    private boolean placeByWeight(int node, NamingConvention convention) {
        NodeProto proto = graph.nodes().get(node);
        List<Frame> chain = chains.get(node);
        String above = chain.isEmpty() ? "" : chain.get(chain.size() - 1).path() + ".";
        Optional<String> found =
                proto.getInputList().stream()
                        .filter(graph.initializers()::containsKey)
                        .map(convention::owner)
                        .filter(owner -> !owner.isEmpty() && owner.startsWith(above))
                        .findFirst();
        found.ifPresent(owner -> chains.set(node, down(chain, above, owner)));
        return found.isPresent();
    }

    /** The chain, and what is known to lie between its end and a module. */
    private List<Frame> down(List<Frame> chain, String above, String owner) {
        List<Frame> longer = new ArrayList<>(chain);
        for (int dot = owner.indexOf('.', above.length());
                dot > 0;
                dot = owner.indexOf('.', dot + 1)) {
            String path = owner.substring(0, dot);
            Frame between = frames.get(path);
            if (between != null) {
                longer.add(between);
            }
        }
        if (!owner.isEmpty()) {
            longer.add(frames.getOrDefault(owner, new Frame(owner, 0, "")));
        }
        return longer;
    }
}
