/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static java.util.Objects.requireNonNull;

import io.hookline.model.ModelGraph;
import io.hookline.model.ModelSignature;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import java.util.Comparator;
import java.util.Optional;

/**
 * The optimised graph that every plan of a model derives from, and where its hooks are. Immutable.
 */
public final class CanonicalGraph {
    private final ModelGraph graph;
    private final EdgeGroups groups;
    private final ModelSignature signature;
    private final Optional<Site> logitsInput;

    /**
     * @param original the graph that the tree was made from
     * @param canonical the same graph, pinned, optimised and unpinned
     */
    public CanonicalGraph(
            ModelGraph original, ModelGraph canonical, ModuleTree tree, ModelSignature signature) {
        this.graph = requireNonNull(canonical, "canonical");
        this.groups = EdgeGroups.of(original, tree);
        this.signature = requireNonNull(signature, "signature");
        this.logitsInput = signature.logits().flatMap(logits -> logitsInput(tree, logits));
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

    /** Input of the innermost module that makes the logits, where each position is on its own. */
    Optional<Site> logitsInput() {
        return logitsInput;
    }

    private static Optional<Site> logitsInput(ModuleTree tree, String logits) {
        return tree.modules().stream()
                .filter(module -> makes(module, logits))
                .max(Comparator.comparingInt(module -> module.path().length()))
                .flatMap(
                        module ->
                                module.sites().stream()
                                        .filter(site -> site.point().io() == Io.INPUT)
                                        .filter(site -> site.layout() == Site.Layout.SEQUENCE)
                                        .findFirst());
    }

    private static boolean makes(Module module, String logits) {
        return !module.path().equals(ModuleTree.ROOT)
                && module.sites().stream()
                        .anyMatch(
                                site ->
                                        site.point().io() == Io.OUTPUT
                                                && site.tensor().equals(logits));
    }
}
