/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.HookPoint;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.NearestName;
import io.hookline.schema.ErrorCode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The modules of a model by their own names and by those that they were given. Immutable. */
final class Modules {
    private final String model;
    private final ModuleTree tree;
    private final List<Map.Entry<String, String>> renames;
    private final List<Site> sites;
    private final Map<String, String> aliases = new LinkedHashMap<>();

    /**
     * @param renames new names: of every module of that name, or of the module of that path, which
     *     is then found below the root; a module may have several
     */
    Modules(String model, ModuleTree tree, List<Map.Entry<String, String>> renames) {
        this.model = model;
        this.tree = tree;
        this.renames = List.copyOf(renames);
        this.sites =
                tree.modules().stream()
                        .flatMap(module -> module.sites().stream())
                        .sorted(java.util.Comparator.comparingInt(Site::order))
                        .toList();
        for (Module module : tree.modules()) {
            for (String spelling : spellings(module.path())) {
                if (tree.module(spelling).isPresent()) {
                    throw new TraceException(
                            ErrorCode.MALFORMED_EVENT,
                            "'%s' can't be renamed to '%s', there is a module of that name"
                                    .formatted(module.path(), spelling));
                }
                aliases.put(spelling, module.path());
            }
        }
    }

    String model() {
        return model;
    }

    ModuleTree tree() {
        return tree;
    }

    List<Map.Entry<String, String>> renames() {
        return renames;
    }

    /** Own path of every other spelling. */
    Map<String, String> aliases() {
        return java.util.Collections.unmodifiableMap(aliases);
    }

    /** The module of a path, in any spelling, with or without the root. */
    Module find(String path) {
        return tree.module(original(path))
                .or(() -> tree.module(original(ModuleTree.ROOT + "." + path)))
                .orElseThrow(() -> unknown(path));
    }

    /** The modules that a path or a glob names; empty when it names none. */
    List<Module> matching(String pathOrGlob) {
        List<Module> found = tree.matching(original(pathOrGlob));
        return found.isEmpty()
                ? tree.matching(original(ModuleTree.ROOT + "." + pathOrGlob))
                : found;
    }

    /** The module's own path for a path in any spelling. */
    String original(String path) {
        return aliases.getOrDefault(path, path);
    }

    /** The path with every renaming applied. */
    String alias(String path) {
        String renamed = path;
        for (Map.Entry<String, String> each : renames) {
            renamed = renamed(renamed, each.getKey(), each.getValue());
        }
        return renamed;
    }

    /** Every site, in forward order. */
    List<Site> sites() {
        return sites;
    }

    /** The visits of a hook point within one step. */
    List<Site> sites(HookPoint point) {
        return tree.sites(point);
    }

    /** The largest number of visits that any hook point has within one step. */
    int mostVisits() {
        return tree.modules().stream()
                        .flatMap(module -> module.sites().stream())
                        .mapToInt(Site::visit)
                        .max()
                        .orElse(0)
                + 1;
    }

    TraceException unknown(String path) {
        Set<String> known = new TreeSet<>(aliases.keySet());
        tree.modules().forEach(module -> known.add(module.path()));
        return new TraceException(
                ErrorCode.UNKNOWN_MODULE,
                "no module '%s' in model '%s'%s"
                        .formatted(path, model, NearestName.hint(path, known)));
    }

    static TraceException noValue(HookPoint point) {
        return new TraceException(
                ErrorCode.UNKNOWN_MODULE,
                "module '%s' has no %s that can be read"
                        .formatted(point.module(), point.io().wireName()));
    }

    private Set<String> spellings(String path) {
        Set<String> spellings = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(path));
        while (!open.isEmpty()) {
            String each = open.pop();
            for (Map.Entry<String, String> rename : renames) {
                String renamed = renamed(each, rename.getKey(), rename.getValue());
                if (!renamed.equals(each) && spellings.add(renamed)) {
                    open.push(renamed);
                }
            }
        }
        spellings.remove(path);
        return spellings;
    }

    private String renamed(String path, String from, String to) {
        String key = from.startsWith(".") ? from.substring(1) : from;
        if (key.indexOf('.') < 0) {
            return Arrays.stream(path.split("\\."))
                    .map(segment -> segment.equals(key) ? to : segment)
                    .collect(Collectors.joining("."));
        }
        String prefix = tree.module(key).isPresent() ? key : ModuleTree.ROOT + "." + key;
        boolean inside = path.equals(prefix) || path.startsWith(prefix + ".");
        return inside ? ModuleTree.ROOT + "." + to + path.substring(prefix.length()) : path;
    }
}
