/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.NamingConvention.Frame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of modules within one forward pass, nested as the exporter saw them. */
final class CallTree {
    private static final Set<String> QUANTIZERS =
            Set.of("DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear");

    private final ModelGraph graph;
    private final NamingConvention convention;
    private final Call root;
    private final Map<Call, Map<String, Call>> interned = new HashMap<>();
    private final List<Call> innermost = new ArrayList<>();
    private final Set<String> owners = new HashSet<>();

    private CallTree(ModelGraph graph, NamingConvention convention) {
        this.graph = graph;
        this.convention = convention;
        this.root = new Call(ModuleTree.ROOT, convention.rootClass(graph), null);
        for (String initializer : graph.initializers().keySet()) {
            owners.add(convention.owner(initializer));
        }
        owners.remove("");
    }

    static CallTree of(ModelGraph graph, NamingConvention convention) {
        CallTree tree = new CallTree(graph, convention);
        tree.assign();
        tree.moveQuantizers();
        tree.fill();
        return tree;
    }

    /** The model itself. */
    Call root() {
        return root;
    }

    /** The innermost call that a node belongs to. */
    Call innermost(int node) {
        return innermost.get(node);
    }

    /** The calls of each module, in order. */
    Map<String, List<Call>> byPath() {
        Map<String, List<Call>> calls = new LinkedHashMap<>();
        collect(root, calls);
        calls.values().forEach(list -> list.sort(Comparator.comparingInt(Call::firstNode)));
        return calls;
    }

    private static void collect(Call call, Map<String, List<Call>> into) {
        into.computeIfAbsent(call.path, path -> new ArrayList<>()).add(call);
        call.children.forEach(child -> collect(child, into));
    }

    private void assign() {
        List<List<Frame>> frames = graph.nodes().stream().map(this::frames).toList();
        Set<String> scopes = new HashSet<>();
        frames.forEach(chain -> chain.forEach(frame -> scopes.add(frame.path())));
        CheckpointPaths paths = CheckpointPaths.of(scopes, owners);
        for (List<Frame> chain : frames) {
            Call call = root;
            for (Frame frame : chain) {
                String path = paths.of(frame.path());
                call = path.isEmpty() ? call : child(call, frame, path);
            }
            innermost.add(call);
        }
    }

    private List<Frame> frames(NodeProto node) {
        return convention.frames(node).orElse(List.of());
    }

    private Call child(Call parent, Frame frame, String path) {
        return interned.computeIfAbsent(parent, call -> new HashMap<>())
                .computeIfAbsent(
                        frame.call(),
                        key -> {
                            Call call =
                                    new Call(
                                            ModuleTree.ROOT + "." + path,
                                            frame.className(),
                                            parent);
                            parent.children.add(call);
                            return call;
                        });
    }

    /**
     * Quantisers carry the name of the tensor that they read, but are part of who reads theirs: a
     * module hands out floats.
     */
    private void moveQuantizers() {
        for (int node = graph.nodes().size() - 1; node >= 0; node--) {
            NodeProto proto = graph.nodes().get(node);
            if (QUANTIZERS.contains(proto.getOpType())) {
                Call common = null;
                for (String output : proto.getOutputList()) {
                    for (ModelGraph.Edge edge : graph.consumers(output)) {
                        Call reader = innermost.get(edge.node());
                        common = common == null ? reader : common(common, reader);
                    }
                }
                if (common != null) {
                    innermost.set(node, common);
                }
            }
        }
    }

    private Call common(Call a, Call b) {
        Set<Call> above = new HashSet<>();
        for (Call call = a; call != null; call = call.parent) {
            above.add(call);
        }
        for (Call call = b; call != null; call = call.parent) {
            if (above.contains(call)) {
                return call;
            }
        }
        return root;
    }

    private void fill() {
        for (int node = 0; node < innermost.size(); node++) {
            for (Call call = innermost.get(node); call != null; call = call.parent) {
                call.nodes.set(node);
            }
        }
        prune(root);
    }

    private static void prune(Call call) {
        call.children.removeIf(child -> child.nodes.isEmpty());
        call.children.forEach(CallTree::prune);
    }
}
