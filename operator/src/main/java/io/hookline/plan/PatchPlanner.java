/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Intervention;
import io.hookline.program.Operation;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
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
        if (source.width() != place.site().width()
                || !place.site().layout().holds(source.layout())) {
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
        return haveEqualSize(intervention, patch, place, source);
    }

    private boolean haveEqualSize(
            Intervention intervention, Operation.Patch patch, RowPlanner.Place place, Site source) {
        String pointer = intervention.pointer() + "/from";
        TokenSelector tokens = patch.tokens().orElse(intervention.tokens());
        Positions from = place.rows().get(patch.invocation()).positions();
        Positions to = place.row().positions();
        boolean attention = source.layout() == Site.Layout.ATTENTION;
        for (int step : place.asked().shapes(attention)) {
            int taken = from.count(tokens, step);
            int given = to.count(intervention.tokens(), step);
            if (taken != given) {
                addMismatch(pointer, patch, place, taken + " positions instead of " + given);
                return false;
            }
            if (attention && from.keys(step) != to.keys(step)) {
                addMismatch(
                        pointer,
                        patch,
                        place,
                        "attention over %d keys instead of %d"
                                .formatted(from.keys(step), to.keys(step)));
                return false;
            }
        }
        return true;
    }

    private void addMismatch(
            String pointer, Operation.Patch patch, RowPlanner.Place place, String what) {
        problems.add(
                ErrorCode.SHAPE_MISMATCH,
                pointer,
                "invocation %d has %s, that can't be put at '%s'"
                        .formatted(patch.invocation(), what, place.site().point()));
    }

    /** Refuses patches at one site that wait for each other. */
    void checkCycles(List<List<PlannedEdit>> rows) {
        for (int row = 0; row < rows.size(); row++) {
            for (PlannedEdit edit : rows.get(row)) {
                if (waits(edit) && waitsForItself(rows, row, edit)) {
                    int from = ((EditValue.FromRow) edit.value()).row();
                    problems.add(
                            ErrorCode.BARRIER_UNMET,
                            "/invocations/" + row,
                            "the patches at '%s' of invocations %d and %d wait for each other"
                                    .formatted(
                                            edit.site().point(),
                                            Math.min(row, from),
                                            Math.max(row, from)));
                }
            }
        }
    }

    /**
     * Refuses patches that wait for each other because earlier steps' edits act again, as they do
     * without a KV cache: an edit then has to wait for those before it in its row, whatever their
     * steps.
     */
    void checkCrossings(List<List<PlannedEdit>> rows) {
        Set<Site> sites = new LinkedHashSet<>();
        rows.forEach(edits -> edits.forEach(edit -> sites.add(edit.site())));
        for (Site site : sites) {
            List<List<PlannedEdit>> left = new ArrayList<>();
            rows.forEach(
                    edits ->
                            left.add(
                                    new ArrayList<>(
                                            edits.stream()
                                                    .filter(edit -> edit.site().equals(site))
                                                    .toList())));
            while (left.stream().anyMatch(edits -> isReady(edits, left))) {
                left.stream()
                        .filter(edits -> isReady(edits, left))
                        .findFirst()
                        .ifPresent(edits -> edits.remove(0));
            }
            addCrossing(site, left);
        }
    }

    private static boolean isReady(List<PlannedEdit> edits, List<List<PlannedEdit>> left) {
        return !edits.isEmpty()
                && (!waits(edits.get(0))
                        || left.get(((EditValue.FromRow) edits.get(0).value()).row()).stream()
                                .noneMatch(
                                        other -> other.steps().intersects(edits.get(0).steps())));
    }

    private void addCrossing(Site site, List<List<PlannedEdit>> left) {
        for (int row = 0; row < left.size(); row++) {
            if (!left.get(row).isEmpty() && problems.problems().isEmpty()) {
                problems.add(
                        ErrorCode.BARRIER_UNMET,
                        "/invocations/" + row,
                        "the patches at '%s' wait for each other: without a KV cache earlier steps' edits act again, and a row's edits keep their order"
                                .formatted(site.point()));
            }
        }
    }

    /** Whether an edit waits for another row at its own site; earlier sites are done by then. */
    private static boolean waits(PlannedEdit edit) {
        return edit.value() instanceof EditValue.FromRow from && from.source().equals(edit.site());
    }

    /** Follows the patches that an edit waits for, step by step the same. */
    private static boolean waitsForItself(
            List<List<PlannedEdit>> rows, int target, PlannedEdit first) {
        Set<PlannedEdit> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<PlannedEdit> open = new ArrayList<>(List.of(first));
        while (!open.isEmpty()) {
            PlannedEdit edit = open.remove(open.size() - 1);
            int source = ((EditValue.FromRow) edit.value()).row();
            if (source == target && edit.steps().intersects(first.steps())) {
                return true;
            }
            for (PlannedEdit other : rows.get(source)) {
                if (other.site().equals(first.site())
                        && waits(other)
                        && other.steps().intersects(edit.steps())
                        && seen.add(other)) {
                    open.add(other);
                }
            }
        }
        return false;
    }
}
