/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.model.Values.Value;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the module tree from a graph's scopes. */
final class ModuleTreeBuilder {
    private static final List<NamingConvention> CONVENTIONS =
            List.of(new DynamoScopes(), new GenAiScopes(), new NodeNameScopes());

    private final ModelGraph graph;
    private final SiteFinder finder;
    private final Map<String, List<Site>> sites = new LinkedHashMap<>();
    private final Map<String, String> classes = new LinkedHashMap<>();
    private int order;

    private ModuleTreeBuilder(ModelGraph graph, SiteFinder finder) {
        this.graph = graph;
        this.finder = finder;
    }

    /** The module tree of a prepared graph. */
    static ModuleTree build(ModelGraph graph, TensorShapes shapes) {
        Values values = new Values(shapes);
        for (NamingConvention convention : CONVENTIONS) {
            if (convention.fits(graph)) {
                CallTree calls = CallTree.of(graph, convention, shapes);
                SiteFinder finder = new SiteFinder(graph, values, calls);
                ModuleTreeBuilder builder = new ModuleTreeBuilder(graph, finder);
                builder.visit(calls.root());
                return ModuleTree.of(convention.title(), builder.modules())
                        .lacking(
                                new Unhooked(graph, values, calls)
                                        .reasons(builder.sites, finder.unsure()));
            }
        }
        return new TensorModules(graph, values).tree();
    }

    /** A step of a call's forward pass, in order of where its result is made. */
    private record Step(int made, int begun, Runnable body) {}

    private void visit(Call call) {
        finder.input(call).ifPresent(value -> add(call, Io.INPUT, value));
        List<Step> steps = new ArrayList<>();
        for (Call child : call.children) {
            int made = finder.output(child).map(this::producer).orElseGet(child::lastNode);
            steps.add(new Step(made, child.firstNode(), () -> visit(child)));
        }
        finder.attention(call)
                .ifPresent(
                        value ->
                                steps.add(
                                        new Step(
                                                producer(value),
                                                producer(value),
                                                () -> add(call, Io.ATTENTION, value))));
        steps.sort(Comparator.comparingInt(Step::made).thenComparingInt(Step::begun));
        steps.forEach(step -> step.body().run());
        finder.output(call).ifPresent(value -> add(call, Io.OUTPUT, value));
        sites.computeIfAbsent(call.path, path -> new ArrayList<>());
        classes.putIfAbsent(call.path, call.className);
    }

    private int producer(Value value) {
        return graph.producer(value.tensor()).orElse(-1);
    }

    private void add(Call call, Io io, Value value) {
        boolean inside = io != Io.OUTPUT;
        sites.computeIfAbsent(call.path, path -> new ArrayList<>())
                .add(
                        new Site(
                                HookPoint.of(call.path, io),
                                call.visit,
                                order++,
                                value.tensor(),
                                value.dtype(),
                                value.layout(),
                                value.width(),
                                io == Io.ATTENTION
                                        ? graph.consumers(value.tensor())
                                        : finder.edges(call, value, inside),
                                io == Io.INPUT ? List.of() : finder.graphOutputs(value)));
    }

    private List<Module> modules() {
        Map<String, List<Site>> all = new LinkedHashMap<>(sites);
        sites.keySet().forEach(path -> addContainers(path, all));
        return all.keySet().stream()
                .filter(path -> hasSites(path, all))
                .sorted(
                        Comparator.comparingInt((String path) -> end(path, all))
                                .thenComparing(Comparator.comparingInt(String::length).reversed()))
                .map(
                        path ->
                                new Module(
                                        path,
                                        classes.getOrDefault(path, ""),
                                        all.getOrDefault(path, List.of())))
                .toList();
    }

    private static void addContainers(String path, Map<String, List<Site>> all) {
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            all.putIfAbsent(path.substring(0, dot), List.of());
        }
    }

    private static boolean hasSites(String path, Map<String, List<Site>> all) {
        return all.entrySet().stream()
                .anyMatch(entry -> isWithin(entry.getKey(), path) && !entry.getValue().isEmpty());
    }

    /** Where the module's first visit ends, or that of what it contains. */
    private static int end(String path, Map<String, List<Site>> all) {
        List<Site> own = all.getOrDefault(path, List.of());
        Optional<Site> first =
                own.stream()
                        .filter(site -> site.visit() == 0)
                        .max(Comparator.comparingInt(Site::order));
        return first.map(Site::order)
                .orElseGet(
                        () ->
                                all.entrySet().stream()
                                        .filter(entry -> isWithin(entry.getKey(), path))
                                        .flatMap(entry -> entry.getValue().stream())
                                        .mapToInt(Site::order)
                                        .max()
                                        .orElse(0));
    }

    private static boolean isWithin(String path, String container) {
        return path.equals(container) || path.startsWith(container + ".");
    }
}
