/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.LogitsHead;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.CachePolicy;
import io.hookline.program.Reduction;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans what one row records. */
final class CachePlanner {
    private final Recordable model;
    private final HookPointFinder finder;
    private final ProblemLog problems;
    private final int steps;

    /**
     * What can be recorded of a model, found once for all programs.
     *
     * @param head what a logit lens reads through
     */
    record Recordable(ModuleTree tree, Optional<LogitsHead> head, int vocabulary) {
        static Recordable of(Planner.Target target) {
            return new Recordable(
                    target.tree(),
                    LogitsHead.of(target.tree(), target.signature()),
                    target.limits().vocabulary());
        }
    }

    CachePlanner(Recordable model, HookPointFinder finder, ProblemLog problems, int steps) {
        this.model = model;
        this.finder = finder;
        this.problems = problems;
        this.steps = steps;
    }

    /** The captures of a policy, in forward order. */
    List<PlannedCapture> captures(CachePolicy policy, String cache, RowContext row) {
        StepSet asked = StepSet.of(policy.selection().steps().of(steps));
        if (asked.isEmpty()) {
            return List.of();
        }
        row.positions()
                .check(policy.selection().tokens(), asked, policy.pointer() + "/tokens", problems);
        List<PlannedCapture> captures = new ArrayList<>();
        for (Module module : modules(policy)) {
            for (Site site : module.sites()) {
                if (wants(policy.ios(), site)) {
                    add(captures, policy, new Wanted(cache, site, row, asked));
                }
            }
        }
        return captures;
    }

    private record Wanted(String cache, Site site, RowContext row, StepSet asked) {}

    private Set<Module> modules(CachePolicy policy) {
        if (policy.modules().isEmpty()) {
            return new LinkedHashSet<>(model.tree().modules());
        }
        Set<Module> found = new LinkedHashSet<>();
        List<String> names = policy.modules().get();
        for (int i = 0; i < names.size(); i++) {
            found.addAll(
                    finder.modules(
                            known(names.get(i), policy),
                            policy.pointer() + "/modules/" + i,
                            policy.names().unknownIsError()));
        }
        return found;
    }

    /** The module's own name when it is called by one that the policy gives it. */
    private String known(String pathOrGlob, CachePolicy policy) {
        if (!model.tree().matching(pathOrGlob).isEmpty()) {
            return pathOrGlob;
        }
        String original = policy.names().original(pathOrGlob);
        return model.tree().matching(original).isEmpty() ? pathOrGlob : original;
    }

    private static boolean wants(CachePolicy.Ios ios, Site site) {
        return switch (site.point().io()) {
            case OUTPUT -> ios.output();
            case INPUT -> ios.inputs();
            case ATTENTION -> ios.attention();
        };
    }

    private void add(List<PlannedCapture> captures, CachePolicy policy, Wanted wanted) {
        Site site = wanted.site();
        int[] units =
                UnitCheck.units(
                        policy.selection().units(), site, policy.pointer() + "/units", problems);
        checkReduction(policy, site, units);
        StepSet running = wanted.row().running(site, wanted.row().reached(site, wanted.asked()));
        if (running.isEmpty()) {
            return;
        }
        for (boolean pre : new boolean[] {true, false}) {
            if (policy.stage() == CachePolicy.Stage.BOTH
                    || (policy.stage() == CachePolicy.Stage.PRE) == pre) {
                captures.add(
                        new PlannedCapture(
                                wanted.cache(),
                                policy.names().recorded(site.point().module()),
                                site,
                                pre,
                                running,
                                policy.selection().tokens(),
                                units,
                                policy.reduce(),
                                policy.dtype().orElse(site.dtype())));
            }
        }
    }

    /** A lens reads what the final norm reads, so the value has to be as wide. */
    private void checkLens(Site site, int[] units, String pointer) {
        Optional<Integer> width = model.head().map(found -> found.residual().width());
        if (width.isEmpty()) {
            problems.add(
                    ErrorCode.UNSUPPORTED_MODEL,
                    pointer,
                    "the model has no final norm and head that a lens could use");
        } else if (site.layout() == Site.Layout.ATTENTION
                || site.width() != width.get()
                || units.length > 0) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    pointer,
                    "a lens reads values of width %d, all units of them, not those of '%s'"
                            .formatted(width.get(), site.point()));
        }
    }

    private void checkReduction(CachePolicy policy, Site site, int[] units) {
        String pointer = policy.pointer() + "/reduce";
        if (policy.reduce() instanceof Reduction.Lens lens) {
            checkLens(site, units, pointer);
            if (lens.k() > model.vocabulary()) {
                problems.add(
                        ErrorCode.SHAPE_MISMATCH,
                        pointer + "/lens",
                        "a lens can't give %d tokens, the vocabulary has %d"
                                .formatted(lens.k(), model.vocabulary()));
            }
        } else if (site.layout() == Site.Layout.ATTENTION
                && !(policy.reduce() instanceof Reduction.None)) {
            problems.add(
                    ErrorCode.UNSUPPORTED_PROGRAM,
                    pointer,
                    "'%s' can be recorded whole only, not reduced".formatted(site.point()));
        } else if (policy.reduce() instanceof Reduction.Project project) {
            int width = units.length == 0 ? site.width() : units.length;
            int[] shape = ((Literal) project.matrix()).shape();
            if (shape.length != 2 || shape[1] != width) {
                problems.add(
                        ErrorCode.SHAPE_MISMATCH,
                        pointer + "/project",
                        "a projection of shape %s does not fit '%s', it takes [k, %d]"
                                .formatted(Arrays.toString(shape), site.point(), width));
            }
        }
    }
}
