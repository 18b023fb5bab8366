/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.HookPoint;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the sites that a program's text names. */
final class HookPointFinder {
    private static final Pattern AT =
            Pattern.compile(
                    "(?<module>.+)\\.(?<io>outputs?|inputs?|attention)(\\[(?<index>\\d{1,9})])?");

    private final String model;
    private final ModuleTree tree;
    private final ProblemLog problems;

    HookPointFinder(String model, ModuleTree tree, ProblemLog problems) {
        this.model = model;
        this.tree = tree;
        this.problems = problems;
    }

    /** What {@code at} says: modules, and which of their values. */
    private record At(String module, Io io, int index) {}

    /**
     * The sites that {@code at} names, in forward order; a problem and none when there are none.
     */
    List<Site> at(String at, String pointer) {
        Optional<At> parsed = parse(at);
        if (parsed.isEmpty()) {
            problems.add(
                    ErrorCode.UNKNOWN_MODULE,
                    pointer,
                    "'%s' names no hook point, it must end in .output, .input, .outputs[i], .inputs[i] or .attention%s"
                            .formatted(
                                    at,
                                    tree.module(at).isEmpty()
                                            ? ""
                                            : ", did you mean '" + at + ".output'?"));
            return List.of();
        }
        return sites(parsed.get(), pointer);
    }

    /** The modules that a path or glob names; a problem and none when there are none. */
    List<Module> modules(String pathOrGlob, String pointer, boolean unknownIsError) {
        List<Module> found = tree.matching(pathOrGlob);
        if (found.isEmpty() && unknownIsError) {
            problems.add(
                    ErrorCode.UNKNOWN_MODULE,
                    pointer,
                    "no module '%s' in model '%s'%s"
                            .formatted(pathOrGlob, model, tree.hint(pathOrGlob)));
        }
        return found;
    }

    /** The module's first value of that kind; a problem and empty when it has none. */
    Optional<Site> site(Module module, Io io, String pointer) {
        Optional<Site> found = tree.sites(HookPoint.of(module.path(), io)).stream().findFirst();
        if (found.isEmpty()) {
            addNoSuchValue(module, io.wireName(), pointer);
        }
        return found;
    }

    private List<Site> sites(At at, String pointer) {
        List<Module> modules = modules(at.module(), pointer, true);
        List<Site> sites =
                modules.stream()
                        .flatMap(
                                module ->
                                        tree
                                                .sites(
                                                        new HookPoint(
                                                                module.path(), at.io(), at.index()))
                                                .stream())
                        .toList();
        if (sites.isEmpty() && !modules.isEmpty()) {
            addNoSuchValue(modules.get(0), text(at), pointer);
        }
        return sites;
    }

    private void addNoSuchValue(Module module, String io, String pointer) {
        List<String> has =
                module.sites().stream().map(site -> site.point().toString()).distinct().toList();
        problems.add(
                ErrorCode.UNKNOWN_MODULE,
                pointer,
                "module '%s' in model '%s' has no %s, it has %s"
                        .formatted(
                                module.path(), model, io, has.isEmpty() ? "no hook points" : has));
    }

    private static String text(At at) {
        return at.index() == 0 ? at.io().wireName() : at.io().wireName() + "s[" + at.index() + "]";
    }

    private static Optional<At> parse(String at) {
        Matcher matcher = AT.matcher(at);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String io = matcher.group("io");
        String index = matcher.group("index");
        boolean plural = io.endsWith("s");
        if (plural != (index != null)) {
            return Optional.empty();
        }
        Io value =
                io.startsWith("output")
                        ? Io.OUTPUT
                        : io.startsWith("input") ? Io.INPUT : Io.ATTENTION;
        return Optional.of(
                new At(matcher.group("module"), value, plural ? Integer.parseInt(index) : 0));
    }
}
