/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static java.util.Objects.requireNonNull;

import io.hookline.model.LogitsHead;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModuleTree;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The optimised graph that every plan of a model derives from, and where its hooks are. Immutable.
 */
public final class CanonicalGraph {
    private final ModelGraph graph;
    private final EdgeGroups groups;
    private final ModelSignature signature;
    private final Optional<LogitsHead> head;

    /**
     * @param original the graph that the tree was made from
     * @param canonical the same graph, pinned, optimised and unpinned
     */
    public CanonicalGraph(
            ModelGraph original, ModelGraph canonical, ModuleTree tree, ModelSignature signature) {
        this.graph = requireNonNull(canonical, "canonical");
        this.groups = EdgeGroups.of(original, tree);
        this.signature = requireNonNull(signature, "signature");
        this.head = LogitsHead.of(tree, signature);
    }

    /** What of it is the same for all texts that lie alike. */
    public Preamble preamble() {
        Set<String> hooked = new HashSet<>();
        groups.tensors().forEach(hooked::add);
        return Preamble.of(graph, signature, hooked);
    }

    ModelGraph graph() {
        return graph;
    }

    EdgeGroups groups() {
        return groups;
    }

    ModelSignature signature() {
        return signature;
    }

    /** Final norm and head, when the model has them and they were found. */
    Optional<LogitsHead> head() {
        return head;
    }
}
