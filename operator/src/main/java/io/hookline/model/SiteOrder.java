/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Forward order when hook points are added to a tree by hand. */
final class SiteOrder {
    private SiteOrder() {}

    /** The order of the last site whose tensor is made no later than that one; -1 for none. */
    static int after(String tensor, ModelGraph graph, ModuleTree tree) {
        int made = graph.producer(tensor).orElse(-1);
        return tree.modules().stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> graph.producer(site.tensor()).orElse(-1) <= made)
                .filter(site -> site.point().io() != Io.INPUT)
                .mapToInt(Site::order)
                .max()
                .orElse(-1);
    }

    /** The same modules with orders that are distinct again; later modules come later. */
    static ModuleTree renumbered(String convention, List<Module> modules) {
        List<Site> all = new ArrayList<>();
        modules.forEach(module -> all.addAll(module.sites()));
        all.sort(Comparator.comparingInt(Site::order));
        Map<Site, Integer> ranks = new HashMap<>();
        all.forEach(site -> ranks.put(site, ranks.size()));
        return ModuleTree.of(
                convention,
                modules.stream()
                        .map(module -> renumbered(module, ranks))
                        .sorted(Comparator.comparingInt(SiteOrder::end))
                        .toList());
    }

    private static Module renumbered(Module module, Map<Site, Integer> ranks) {
        return new Module(
                module.path(),
                module.className(),
                module.sites().stream()
                        .map(site -> site.ranked(ranks.getOrDefault(site, site.order())))
                        .sorted(Comparator.comparingInt(Site::order))
                        .toList());
    }

    private static int end(Module module) {
        return module.sites().stream().mapToInt(Site::order).max().orElse(Integer.MAX_VALUE);
    }
}
