/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import static java.util.Comparator.comparingInt;

import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transformer blocks of a model: the longest list of numbered modules that hand out a value for
 * every token.
 *
 * @param paths in forward order, at least one
 */
record Blocks(List<String> paths) {
    Blocks {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("blocks need at least one path");
        }
    }

    /**
     * The blocks of that tree; the outermost list when several are equally long.
     *
     * @throws IllegalArgumentException when no module is numbered
     */
    static Blocks of(ModuleTree tree) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        for (Module module : tree.modules()) {
            int dot = module.path().lastIndexOf('.');
            if (dot > 0 && isNumber(module.path().substring(dot + 1)) && hasTokens(module)) {
                lists.computeIfAbsent(module.path().substring(0, dot), list -> new ArrayList<>())
                        .add(module.path());
            }
        }
        return lists.entrySet().stream()
                .max(
                        comparingInt(
                                        (Map.Entry<String, List<String>> list) ->
                                                list.getValue().size())
                                .thenComparingInt(list -> -list.getKey().length()))
                .map(list -> new Blocks(list.getValue()))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "the model has no list of blocks, found no module that ends in a number"));
    }

    /**
     * The block where steering acts: two thirds up, where a direction is formed but not yet used
     * up.
     */
    String steered() {
        return paths.get(paths.size() * 2 / 3);
    }

    /**
     * The block that probes read: one third up, before the steered one, so that steering hides
     * nothing.
     */
    String probed() {
        return paths.get(paths.size() / 3);
    }

    String last() {
        return paths.get(paths.size() - 1);
    }

    private static boolean isNumber(String segment) {
        return !segment.isEmpty() && segment.chars().allMatch(Character::isDigit);
    }

    private static boolean hasTokens(Module module) {
        return module.sites().stream()
                .anyMatch(
                        site ->
                                site.point().io() == Io.OUTPUT
                                        && site.layout() == Site.Layout.SEQUENCE);
    }
}
