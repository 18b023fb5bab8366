/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.program.Io;
import java.util.Comparator;
import java.util.Optional;

/**
 * The end of a decoder: the final norm and the head that makes logits of what it leaves.
 *
 * @param residual input of the final norm: what a logit lens puts something else in place of
 * @param input input of the head, where each position is on its own
 */
public record LogitsHead(Site residual, Site input) {
    /** The head of a model, when its modules are known. */
    public static Optional<LogitsHead> of(ModuleTree tree, ModelSignature signature) {
        return signature
                .logits()
                .flatMap(logits -> maker(tree, logits))
                .flatMap(head -> value(head, Io.INPUT))
                .filter(input -> input.layout() == Site.Layout.SEQUENCE)
                .flatMap(
                        input ->
                                maker(tree, input.tensor())
                                        .flatMap(norm -> value(norm, Io.INPUT))
                                        .map(residual -> new LogitsHead(residual, input)));
    }

    /** The innermost module that makes a tensor. */
    private static Optional<Module> maker(ModuleTree tree, String tensor) {
        return tree.modules().stream()
                .filter(module -> !module.path().equals(ModuleTree.ROOT))
                .filter(
                        module ->
                                value(module, Io.OUTPUT)
                                        .filter(output -> output.tensor().equals(tensor))
                                        .isPresent())
                .max(Comparator.comparingInt(module -> module.path().split("\\.").length));
    }

    private static Optional<Site> value(Module module, Io io) {
        return module.sites().stream().filter(site -> site.point().io() == io).findFirst();
    }
}
