/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.model.NamingConvention.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of modules within one forward pass, nested as the exporter saw them. */
final class CallTree {
    private final Scopes scopes;
    private final Visits visits;
    private final Call root;
    private final Map<List<Object>, Call> calls = new HashMap<>();
    private final Map<List<Object>, Integer> parents = new HashMap<>();
    private final List<Call> innermost = new ArrayList<>();

    private CallTree(ModelGraph graph, NamingConvention convention, TensorShapes shapes) {
        this.scopes = Scopes.of(graph, convention);
        this.visits = Visits.of(graph, scopes, shapes);
        this.root = new Call(ModuleTree.ROOT, 0, convention.rootClass(graph), null);
    }

    static CallTree of(ModelGraph graph, NamingConvention convention, TensorShapes shapes) {
        CallTree tree = new CallTree(graph, convention, shapes);
        for (int node = 0; node < graph.nodes().size(); node++) {
            tree.noteParents(node);
        }
        for (int node = 0; node < graph.nodes().size(); node++) {
            tree.add(node);
        }
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

    /** Whether nothing says which module the node was. */
    boolean isFloating(int node) {
        return scopes.isFloating(node);
    }

    /** Modules that have weights, without the root. */
    Set<String> owners() {
        return scopes.owners();
    }

    private List<Object> key(Frame frame, int visit) {
        return List.of(frame.path(), visit);
    }

    /**
     * A constant of a later call looks as if it belonged to the first; the latest parent counts.
     */
    private void noteParents(int node) {
        List<Frame> chain = scopes.chain(node);
        for (int depth = 1; depth < chain.size(); depth++) {
            int visit = visits.visit(chain.get(depth).path(), node);
            int parent = visits.visit(chain.get(depth - 1).path(), node);
            parents.merge(key(chain.get(depth), visit), parent, Math::max);
        }
    }

    private void add(int node) {
        root.nodes.set(node);
        List<Frame> chain = scopes.chain(node);
        Call call = root;
        for (int depth = 0; depth < chain.size(); depth++) {
            call = call(chain, depth, visits.visit(chain.get(depth).path(), node));
            call.nodes.set(node);
        }
        innermost.add(call);
    }

    private Call call(List<Frame> chain, int depth, int visit) {
        Frame frame = chain.get(depth);
        Call known = calls.get(key(frame, visit));
        if (known != null) {
            return known;
        }
        Call parent =
                depth == 0
                        ? root
                        : call(chain, depth - 1, parents.getOrDefault(key(frame, visit), 0));
        Call call =
                new Call(ModuleTree.ROOT + "." + frame.path(), visit, frame.className(), parent);
        parent.children.add(call);
        calls.put(key(frame, visit), call);
        return call;
    }
}
