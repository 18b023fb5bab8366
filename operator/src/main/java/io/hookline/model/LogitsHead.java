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
                                norm(tree, input).map(residual -> new LogitsHead(residual, input)));
    }

    /**
     * The input of the last module without inner ones before the head, when that keeps the width: a
     * reshape may lie between the two.
     */
    private static Optional<Site> norm(ModuleTree tree, Site head) {
        return tree.modules().stream()
                .filter(module -> isLeaf(tree, module))
                .filter(
                        module ->
                                value(module, Io.OUTPUT)
                                        .filter(output -> output.order() < head.order())
                                        .isPresent())
                .max(
                        Comparator.comparingInt(
                                module -> value(module, Io.OUTPUT).orElseThrow().order()))
                .flatMap(module -> value(module, Io.INPUT))
                .filter(residual -> residual.width() == head.width());
    }

    private static boolean isLeaf(ModuleTree tree, Module module) {
        return tree.modules().stream()
                .noneMatch(other -> other.path().startsWith(module.path() + "."));
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
