/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.program.Io;
import io.hookline.program.NearestName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The modules of a model by path, in forward order, with the sites of their hook points. */
public final class ModuleTree {
    /** The root of every path. */
    public static final String ROOT = "model";

    private final String convention;
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private final Map<String, String> unhooked;

    private ModuleTree(String convention, List<Module> modules, Map<String, String> unhooked) {
        this.convention = convention;
        this.unhooked = Collections.unmodifiableMap(new LinkedHashMap<>(unhooked));
        for (Module module : modules) {
            this.modules.put(module.path(), module);
        }
    }

    /**
     * A tree of those modules.
     *
     * @param convention how the modules were recognised, in words for people
     * @param modules in forward order of their outputs
     */
    public static ModuleTree of(String convention, List<Module> modules) {
        return new ModuleTree(convention, modules, Map.of());
    }

    /** The same tree, with what it has no hook points for. */
    ModuleTree lacking(Map<String, String> reasons) {
        return new ModuleTree(convention, modules(), reasons);
    }

    /** How the modules were recognised, in words for people. */
    public String convention() {
        return convention;
    }

    /**
     * What the checkpoint's model has and this graph has no hook points for, with the reason, in
     * words for people. Numbers of layers are left open: {@code model.layers.*.self_attn.q_proj}.
     */
    public Map<String, String> unhooked() {
        return unhooked;
    }

    /** Every module, in forward order of its output. */
    public List<Module> modules() {
        return List.copyOf(modules.values());
    }

    /** The module of exactly that full path. */
    public Optional<Module> module(String path) {
        return Optional.ofNullable(modules.get(path));
    }

    /**
     * The modules that a path or glob names: an exact full path first, then the same without the
     * leading root when that is unambiguous, then globs over full paths. Empty when nothing
     * matches.
     */
    public List<Module> matching(String pathOrGlob) {
        if (ModulePattern.isGlob(pathOrGlob)) {
            ModulePattern pattern = ModulePattern.of(pathOrGlob);
            return modules.values().stream()
                    .filter(module -> pattern.matches(module.path(), this::length))
                    .toList();
        }
        return module(pathOrGlob).or(() -> module(ROOT + "." + pathOrGlob)).stream().toList();
    }

    /** How many modules a list holds: one more than the highest number. */
    private int length(String list) {
        String prefix = list + ".";
        return modules.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .filter(ModuleTree::isNumber)
                .mapToInt(number -> Integer.parseInt(number) + 1)
                .max()
                .orElse(0);
    }

    /** {@code , did you mean 'name'?} for a path that matches nothing, or nothing. */
    public String hint(String pathOrGlob) {
        return NearestName.hint(pathOrGlob, modules.keySet());
    }

    /** The visits of a hook point, in order; empty when the module has no such value. */
    public List<Site> sites(HookPoint point) {
        return module(point.module()).stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().equals(point))
                .toList();
    }

    /**
     * The outputs of the blocks that the model is a stack of, in forward order: of the longest list
     * of numbered modules that hand out a value for every token, the outermost when several are
     * equally long. Empty when no module is numbered.
     */
    public List<Site> blocks() {
        Map<String, List<Site>> lists = new LinkedHashMap<>();
        for (Module module : modules.values()) {
            int dot = module.path().lastIndexOf('.');
            if (dot > 0 && isNumber(module.path().substring(dot + 1))) {
                sites(HookPoint.of(module.path(), Io.OUTPUT)).stream()
                        .filter(site -> site.visit() == 0)
                        .filter(site -> site.layout() == Site.Layout.SEQUENCE)
                        .forEach(
                                site ->
                                        lists.computeIfAbsent(
                                                        module.path().substring(0, dot),
                                                        list -> new ArrayList<>())
                                                .add(site));
            }
        }
        return lists.entrySet().stream()
                .max(
                        Comparator.comparingInt(
                                        (Map.Entry<String, List<Site>> list) ->
                                                list.getValue().size())
                                .thenComparingInt(list -> -list.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(List.of());
    }

    private static boolean isNumber(String segment) {
        return !segment.isEmpty() && segment.chars().allMatch(Character::isDigit);
    }
}
