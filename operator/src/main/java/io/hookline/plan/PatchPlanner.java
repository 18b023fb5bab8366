/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Intervention;
import io.hookline.program.Operation;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans patches: values that one row takes from another at a barrier between the two. */
final class PatchPlanner {
    private final HookPointFinder finder;
    private final ProblemLog problems;

    PatchPlanner(HookPointFinder finder, ProblemLog problems) {
        this.finder = finder;
        this.problems = problems;
    }

    Optional<EditValue> value(
            Intervention intervention, Operation.Patch patch, RowPlanner.Place place) {
        String pointer = intervention.pointer() + "/from";
        if (patch.invocation() < 0 || patch.invocation() >= place.rows().size()) {
            problems.add(
                    ErrorCode.BARRIER_UNMET,
                    pointer + "/invocation",
                    "there is no invocation %d to patch from, there are %d"
                            .formatted(patch.invocation(), place.rows().size()));
            return Optional.empty();
        }
        Optional<Site> source = source(patch, place.site(), pointer + "/at");
        if (source.isEmpty()) {
            return Optional.empty();
        }
        TokenSelector tokens = patch.tokens().orElse(intervention.tokens());
        boolean valid =
                checkOrder(pointer, patch, place, source.get())
                        && checkReached(pointer, patch, place, source.get())
                        && checkSize(intervention, patch, place, source.get());
        return valid
                ? Optional.of(new EditValue.FromRow(patch.invocation(), source.get(), tokens))
                : Optional.empty();
    }

    private Optional<Site> source(Operation.Patch patch, Site target, String pointer) {
        if (patch.at().isEmpty()) {
            return Optional.of(target);
        }
        List<Site> sites = finder.at(patch.at().get(), pointer);
        return sites.stream()
                .filter(site -> site.visit() == target.visit())
                .findFirst()
                .or(() -> sites.stream().findFirst());
    }

    private boolean checkOrder(
            String pointer, Operation.Patch patch, RowPlanner.Place place, Site source) {
        int order = place.site().order();
        boolean own = patch.invocation() == place.index();
        if (source.order() < order || (source.order() == order && !own)) {
            return true;
        }
        problems.add(
                ErrorCode.OUT_OF_ORDER,
                pointer,
                "'%s' can't take a value from '%s' of invocation %d, the model gets there %s"
                        .formatted(
                                place.site().point(),
                                source.point(),
                                patch.invocation(),
                                source.order() == order ? "at the same time" : "later"));
        return false;
    }

    private boolean checkReached(
            String pointer, Operation.Patch patch, RowPlanner.Place place, Site source) {
        RowContext from = place.rows().get(patch.invocation());
        StepSet reached = from.running(source, from.reached(source, place.asked()));
        if (place.asked().without(reached).isEmpty()) {
            return true;
        }
        problems.add(
                ErrorCode.BARRIER_UNMET,
                pointer,
                "invocation %d ends or skips before '%s', so that the patch would wait for ever"
                        .formatted(patch.invocation(), source.point()));
        return false;
    }

    private boolean checkSize(
            Intervention intervention, Operation.Patch patch, RowPlanner.Place place, Site source) {
        String pointer = intervention.pointer() + "/from";
        TokenSelector tokens = patch.tokens().orElse(intervention.tokens());
        Positions from = place.rows().get(patch.invocation()).positions();
        from.check(tokens, place.asked(), pointer + "/tokens", problems);
        if (source.width() != place.site().width() || source.layout() != place.site().layout()) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    pointer,
                    "'%s' has width %d, '%s' has width %d"
                            .formatted(
                                    source.point(),
                                    source.width(),
                                    place.site().point(),
                                    place.site().width()));
            return false;
        }
        int step = place.asked().first();
        int taken = from.count(tokens, step);
        int given = place.row().positions().count(intervention.tokens(), step);
        if (taken != given) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    pointer,
                    "%d positions of invocation %d can't be put at %d positions of '%s'"
                            .formatted(taken, patch.invocation(), given, place.site().point()));
        }
        return taken == given;
    }

    /** Refuses patches at one site that wait for each other. */
    void checkCycles(List<List<PlannedEdit>> rows) {
        for (int row = 0; row < rows.size(); row++) {
            for (PlannedEdit edit : rows.get(row)) {
                if (edit.value() instanceof EditValue.FromRow from
                        && waitsFor(
                                rows,
                                new ArrayList<>(List.of(from.row())),
                                new Wait(row, edit.site()))) {
                    problems.add(
                            ErrorCode.BARRIER_UNMET,
                            "/invocations/" + row,
                            "the patches at '%s' of invocations %d and %d wait for each other"
                                    .formatted(
                                            edit.site().point(),
                                            Math.min(row, from.row()),
                                            Math.max(row, from.row())));
                }
            }
        }
    }

    private record Wait(int row, Site site) {}

    private static boolean waitsFor(List<List<PlannedEdit>> rows, List<Integer> open, Wait wait) {
        Set<Integer> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            int row = open.remove(open.size() - 1);
            if (row == wait.row()) {
                return true;
            }
            for (PlannedEdit edit : rows.get(row)) {
                if (edit.site().equals(wait.site())
                        && edit.value() instanceof EditValue.FromRow from
                        && from.source().equals(wait.site())
                        && seen.add(from.row())) {
                    open.add(from.row());
                }
            }
        }
        return false;
    }
}
