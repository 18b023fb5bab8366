/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.NamingConvention.Frame;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells apart the calls of modules that run several times in one forward pass. A call can't be left
 * and entered again: a value that leaves a module, is worked on outside and comes back, comes back
 * into the next call. Where calls follow each other directly, the calls of the modules inside tell.
 */
final class Visits {
    private final ModelGraph graph;
    private final Scopes scopes;
    private final TensorShapes shapes;
    private final Map<String, BitSet> nodes = new LinkedHashMap<>();
    private final List<String> paths;

    /** Nodes that make what each node reads. */
    private final List<int[]> sources;

    private final Map<String, int[]> visits = new HashMap<>();

    private Visits(ModelGraph graph, Scopes scopes, TensorShapes shapes) {
        this.graph = graph;
        this.scopes = scopes;
        this.shapes = shapes;
        this.sources = graph.nodes().stream().map(this::sources).toList();
        Map<String, Integer> depths = new HashMap<>();
        for (int node = 0; node < graph.nodes().size(); node++) {
            List<Frame> chain = scopes.chain(node);
            for (int depth = 0; depth < chain.size(); depth++) {
                String path = chain.get(depth).path();
                nodes.computeIfAbsent(path, p -> new BitSet()).set(node);
                depths.merge(path, depth, Math::max);
            }
        }
        this.paths = new ArrayList<>(nodes.keySet());
        this.paths.sort(Comparator.comparing((String path) -> depths.get(path)).reversed());
    }

    static Visits of(ModelGraph graph, Scopes scopes, TensorShapes shapes) {
        Visits visits = new Visits(graph, scopes, shapes);
        for (String path : visits.paths) {
            visits.visits.put(path, visits.count(path));
        }
        return visits;
    }

    /** Which call of the module a node in it belongs to. */
    int visit(String path, int node) {
        int[] own = visits.get(path);
        return own == null ? 0 : Math.max(0, own[node]);
    }

    private int[] count(String path) {
        BitSet inside = nodes.getOrDefault(path, new BitSet());
        int[] least = new int[graph.nodes().size()];
        Map<String, Integer> calls = new HashMap<>();
        for (int node = inside.nextSetBit(0); node >= 0; node = inside.nextSetBit(node + 1)) {
            least[node] = marked(path, node);
            String child = child(path, node);
            if (!child.isEmpty()) {
                calls.merge(child, visit(child, node) + 1, Math::max);
            }
        }
        boolean together =
                calls.values().stream().distinct().count() == 1
                        && calls.values().iterator().next() > 1;
        if (together) {
            for (int node = inside.nextSetBit(0); node >= 0; node = inside.nextSetBit(node + 1)) {
                String child = child(path, node);
                least[node] = Math.max(least[node], child.isEmpty() ? 0 : visit(child, node));
            }
        }
        return flow(inside, least);
    }

    private int marked(String path, int node) {
        return scopes.chain(node).stream()
                .filter(frame -> frame.path().equals(path))
                .mapToInt(Frame::visit)
                .max()
                .orElse(0);
    }

    /** The module directly below that path around a node, or nothing. */
    private String child(String path, int node) {
        List<Frame> chain = scopes.chain(node);
        for (int depth = 0; depth < chain.size() - 1; depth++) {
            if (chain.get(depth).path().equals(path)) {
                return chain.get(depth + 1).path();
            }
        }
        return "";
    }

    /** Follows values through the graph; states are twice the visit, odd once it was left. */
    private int[] flow(BitSet inside, int[] least) {
        int[] states = new int[graph.nodes().size()];
        Arrays.fill(states, -1);
        int first = Math.max(0, inside.nextSetBit(0));
        for (int node = first; node < states.length; node++) {
            int before = before(node, states);
            if (inside.get(node)) {
                states[node] = 2 * Math.max(least[node], (before + 1) / 2);
            } else if (before >= 0) {
                states[node] = scopes.isExplicit(node) ? before | 1 : before;
            }
        }
        for (int node = 0; node < states.length; node++) {
            states[node] = states[node] < 0 ? -1 : states[node] / 2;
        }
        return states;
    }

    private int before(int node, int[] states) {
        int before = -1;
        for (int source : sources.get(node)) {
            before = Math.max(before, states[source]);
        }
        return before;
    }

    private int[] sources(NodeProto node) {
        return node.getInputList().stream()
                .filter(tensor -> !isCounter(tensor))
                .flatMap(tensor -> graph.producer(tensor).stream())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Exporters share the arithmetic of shapes and masks between modules. */
    private boolean isCounter(String tensor) {
        return shapes.of(tensor)
                .map(TensorShapes.TensorShape::dtype)
                .filter(dtype -> dtype == ElementType.INT64 || dtype == ElementType.BOOL)
                .isPresent();
    }
}
