/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import io.hookline.model.ModelGraph;
import io.hookline.model.ModelGraph.Edge;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The reads of a hooked tensor, grouped by the sites whose edits they see. A norm and the residual
 * around it read the same tensor, but an edit of the norm's input reaches the norm alone: two
 * groups. Where a tensor has several groups, each reads through a name of its own, which optimising
 * the graph keeps; where it has one, the tensor's own name serves.
 */
final class EdgeGroups {
    private final Map<String, List<Group>> byTensor;

    /**
     * Reads that see the same edits.
     *
     * @param name what they read in the canonical graph
     * @param sites orders of the sites whose edits they see
     * @param edges the reads in the graph that was grouped
     */
    record Group(String name, TreeSet<Integer> sites, List<Edge> edges) {}

    private EdgeGroups(Map<String, List<Group>> byTensor) {
        this.byTensor = byTensor;
    }

    static EdgeGroups of(ModelGraph graph, ModuleTree tree) {
        Map<String, List<Site>> sites = new TreeMap<>();
        tree.modules().stream()
                .flatMap(module -> module.sites().stream())
                .sorted(Comparator.comparingInt(Site::order))
                .forEach(
                        site ->
                                sites.computeIfAbsent(site.tensor(), t -> new ArrayList<>())
                                        .add(site));
        Map<String, List<Group>> groups = new LinkedHashMap<>();
        sites.forEach((tensor, own) -> groups.put(tensor, groups(graph, tensor, own)));
        return new EdgeGroups(groups);
    }

    /** Tensors that have sites. */
    Iterable<String> tensors() {
        return byTensor.keySet();
    }

    /** The groups of a tensor's reads. */
    List<Group> of(String tensor) {
        return byTensor.getOrDefault(tensor, List.of());
    }

    /** Groups that read through a name of their own, each with the tensor behind it. */
    Map<String, String> aliases() {
        Map<String, String> aliases = new LinkedHashMap<>();
        byTensor.forEach(
                (tensor, groups) ->
                        groups.stream()
                                .filter(group -> !group.name().equals(tensor))
                                .forEach(group -> aliases.put(group.name(), tensor)));
        return aliases;
    }

    private static List<Group> groups(ModelGraph graph, String tensor, List<Site> sites) {
        Map<String, Group> bySites = new LinkedHashMap<>();
        for (Edge edge : graph.consumers(tensor)) {
            TreeSet<Integer> seen = new TreeSet<>();
            sites.stream()
                    .filter(site -> site.edges().contains(edge))
                    .forEach(site -> seen.add(site.order()));
            String name = tensor + "/hl-reads/" + bySites.size();
            bySites.computeIfAbsent(
                            seen.toString(), key -> new Group(name, seen, new ArrayList<>()))
                    .edges()
                    .add(edge);
        }
        if (bySites.size() > 1) {
            return List.copyOf(bySites.values());
        }
        return bySites.values().stream()
                .map(group -> new Group(tensor, group.sites(), group.edges()))
                .toList();
    }
}
