/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.model.HookPoint;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The outputs of a model's blocks, which most hooks are put on.
 *
 * @param outputs in forward order
 * @param inner the last module of each block that has an output like the block's own
 */
record Blocks(List<Site> outputs, List<Site> inner) {
    private static final Pattern BLOCK = Pattern.compile("(.*)\\.\\d+");

    Blocks {
        outputs = List.copyOf(outputs);
        inner = List.copyOf(inner);
    }

    /**
     * Finds the longest list of modules that are numbered in one place.
     *
     * @throws IllegalArgumentException when nothing in the model looks like a block
     */
    static Blocks of(ModuleTree tree) {
        Map<String, List<Site>> numbered = new LinkedHashMap<>();
        for (Module module : tree.modules()) {
            Matcher matcher = BLOCK.matcher(module.path());
            if (matcher.matches()) {
                output(tree, module.path())
                        .forEach(
                                site ->
                                        numbered.computeIfAbsent(
                                                        matcher.group(1), key -> new ArrayList<>())
                                                .add(site));
            }
        }
        List<Site> outputs =
                numbered.values().stream()
                        .max(Comparator.comparingInt(List::size))
                        .orElseThrow(() -> new IllegalArgumentException("the model has no blocks"));
        return new Blocks(outputs, outputs.stream().flatMap(o -> inner(tree, o)).toList());
    }

    private static java.util.stream.Stream<Site> inner(ModuleTree tree, Site block) {
        String prefix = block.point().module() + ".";
        return tree.modules().stream()
                .filter(module -> module.path().startsWith(prefix))
                .flatMap(module -> output(tree, module.path()))
                .filter(
                        site ->
                                site.width() == block.width()
                                        && !site.tensor().equals(block.tensor()))
                .max(Comparator.comparingInt(Site::order))
                .stream();
    }

    private static java.util.stream.Stream<Site> output(ModuleTree tree, String module) {
        return tree.sites(new HookPoint(module, Io.OUTPUT, 0)).stream()
                .filter(site -> site.layout() != Site.Layout.POOLED)
                .limit(1);
    }

    int count() {
        return outputs.size();
    }

    /** So many hook points, spread over the blocks; inside of them, too, when they are few. */
    List<Site> spread(int wanted) {
        List<Site> from = new ArrayList<>(outputs);
        if (wanted > from.size()) {
            from.addAll(inner);
            from.sort(Comparator.comparingInt(Site::order));
        }
        List<Site> chosen = new ArrayList<>();
        for (int i = 0; i < Math.min(wanted, from.size()); i++) {
            chosen.add(from.get((2 * i + 1) * from.size() / (2 * Math.min(wanted, from.size()))));
        }
        return chosen;
    }
}
