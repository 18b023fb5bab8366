/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.HookPoint;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Intervention;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Io;
import io.hookline.program.Operation;
import io.hookline.program.StopAt;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Plans the edits of one row among the rows of its trace. */
final class RowPlanner {
    private final ModuleTree tree;
    private final HookPointFinder finder;
    private final EditPlanner edits;
    private final PatchPlanner patches;
    private final ProblemLog problems;
    private final int steps;

    /** What interventions may name. */
    record Names(ModuleTree tree, HookPointFinder finder, InterventionFunctions functions) {}

    RowPlanner(Names names, ProblemLog problems, int steps) {
        this.tree = names.tree();
        this.finder = names.finder();
        this.edits = new EditPlanner(names.functions(), problems);
        this.patches = new PatchPlanner(finder, problems);
        this.problems = problems;
        this.steps = steps;
    }

    /** Notes where the row ends and what it skips, which all other edits depend on. */
    void prepare(RowContext row, Optional<StopAt> stop) {
        stop.ifPresent(at -> stopAt(row, at));
        for (Intervention intervention : row.interventions()) {
            if (intervention.operation() instanceof Operation.Stop) {
                stopAt(row, intervention);
            } else if (intervention.operation() instanceof Operation.Skip) {
                for (Site site : finder.at(intervention.at(), intervention.pointer() + "/at")) {
                    row.skip(site.point().module(), StepSet.of(intervention.steps().of(steps)));
                }
            }
        }
    }

    /**
     * The edits of a row: skips first at their site, then in the order in which they were asked
     * for.
     */
    List<PlannedEdit> edits(int index, List<RowContext> rows) {
        List<Ordered> planned = new ArrayList<>();
        RowContext row = rows.get(index);
        for (Intervention intervention : row.interventions()) {
            if (intervention.operation() instanceof Operation.Stop) {
                continue;
            }
            StepSet asked = StepSet.of(intervention.steps().of(steps));
            for (Site site : finder.at(intervention.at(), intervention.pointer() + "/at")) {
                boolean skips = intervention.operation() instanceof Operation.Skip;
                plan(intervention, new Place(index, rows, site, asked))
                        .ifPresent(edit -> planned.add(new Ordered(edit, skips)));
            }
        }
        planned.sort(
                Comparator.comparingInt((Ordered edit) -> edit.edit().site().order())
                        .thenComparing(edit -> !edit.skips()));
        return planned.stream().map(Ordered::edit).toList();
    }

    private record Ordered(PlannedEdit edit, boolean skips) {}

    /** Where an edit is being planned. */
    record Place(int index, List<RowContext> rows, Site site, StepSet asked) {
        RowContext row() {
            return rows.get(index);
        }
    }

    private Optional<PlannedEdit> plan(Intervention intervention, Place place) {
        RowContext row = place.row();
        Site site = place.site();
        if (place.asked().isEmpty()) {
            return Optional.empty();
        }
        row.positions()
                .check(
                        intervention.tokens(),
                        place.asked(),
                        intervention.pointer() + "/tokens",
                        problems);
        int[] units =
                UnitCheck.units(
                        intervention.units(), site, intervention.pointer() + "/units", problems);
        StepSet reached = row.reached(site, place.asked());
        Optional<EditValue> value = value(intervention, place, reached);
        StepSet running = row.running(site, reached);
        if (value.isEmpty() || running.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new PlannedEdit(site, value.get(), running, intervention.tokens(), units));
    }

    private Optional<EditValue> value(Intervention intervention, Place place, StepSet reached) {
        if (intervention.operation() instanceof Operation.Patch patch) {
            return patches.value(intervention, patch, place);
        }
        if (reached.isEmpty()) {
            problems.add(
                    ErrorCode.OUT_OF_ORDER,
                    intervention.pointer(),
                    "the edit at '%s' lies behind the stop at '%s', it would never act"
                            .formatted(
                                    place.site().point(),
                                    place.row().stop().orElseThrow().site().point()));
            return Optional.empty();
        }
        if (intervention.operation() instanceof Operation.Skip skip) {
            return skip(intervention, skip, place);
        }
        return edits.value(intervention, place.site(), place.asked(), place.row().positions());
    }

    private Optional<EditValue> skip(Intervention intervention, Operation.Skip skip, Place place) {
        Site site = place.site();
        if (site.point().io() != Io.OUTPUT) {
            problems.add(
                    ErrorCode.MALFORMED_EVENT,
                    intervention.pointer() + "/at",
                    "skip acts on a module's output, not on '%s'".formatted(site.point()));
            return Optional.empty();
        }
        if (skip.with().isPresent()) {
            return edits.value(intervention, site, place.asked(), place.row().positions());
        }
        Optional<Site> input =
                tree.sites(HookPoint.of(site.point().module(), Io.INPUT)).stream()
                        .filter(candidate -> candidate.visit() == site.visit())
                        .findFirst();
        if (input.isEmpty()
                || input.get().width() != site.width()
                || !site.layout().holds(input.get().layout())) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    intervention.pointer() + "/with",
                    "'%s' can't be replaced by the module's input, which has width %s, not %d"
                            .formatted(
                                    site.point(),
                                    input.map(found -> String.valueOf(found.width()))
                                            .orElse("none"),
                                    site.width()));
            return Optional.empty();
        }
        return Optional.of(new EditValue.FromInput(input.get()));
    }

    private void stopAt(RowContext row, Intervention intervention) {
        int first = StepSet.of(intervention.steps().of(steps)).first();
        for (Site site : finder.at(intervention.at(), intervention.pointer() + "/at")) {
            if (first >= 0) {
                row.stopAt(new PlannedStop(site, first));
            }
        }
    }

    private void stopAt(RowContext row, StopAt stop) {
        finder.modules(stop.module(), stop.pointer() + "/module", true).stream()
                .findFirst()
                .flatMap(module -> finder.site(module, stop.io(), stop.pointer()))
                .ifPresent(site -> row.stopAt(new PlannedStop(site, stop.step())));
    }
}
