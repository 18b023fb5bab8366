/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.Structure.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Puts the edits of all rows at one site into as few slots as their orders allow. A row's edits
 * keep their order; a patch within the site waits for the edits that its source row has in the same
 * steps.
 */
final class SlotSchedule {
    private final Site site;
    private final List<List<PlannedEdit>> rows;
    private final int[] done;
    private final SourceRows sources;

    /** One slot and the edit that each row has in it, null where it has none. */
    record Filled(Slot slot, PlannedEdit[] edits) {
        Filled everywhere() {
            return new Filled(new Slot(slot.kind(), slot.source(), true), edits);
        }
    }

    /** Finds the row of the group that an edit of another takes its value from. */
    interface SourceRows {
        int source(int row, EditValue.FromRow from);
    }

    private SlotSchedule(Site site, List<List<PlannedEdit>> rows, SourceRows sources) {
        this.site = site;
        this.rows = rows;
        this.done = new int[rows.size()];
        this.sources = sources;
    }

    /**
     * Schedules the edits of a site.
     *
     * @param rows each row's edits at the site in this pass, in order
     */
    static List<Filled> of(Site site, List<List<PlannedEdit>> rows, SourceRows sources) {
        SlotSchedule schedule = new SlotSchedule(site, rows, sources);
        List<Filled> slots = new ArrayList<>();
        for (Optional<Slot> next = schedule.next(); next.isPresent(); next = schedule.next()) {
            slots.add(schedule.fill(next.get()));
        }
        return slots;
    }

    /** The slot that the first waiting edit needs, the kinds that come early first. */
    private Optional<Slot> next() {
        Optional<Slot> best = Optional.empty();
        boolean waiting = false;
        for (int row = 0; row < rows.size(); row++) {
            if (done[row] < rows.get(row).size()) {
                waiting = true;
                PlannedEdit edit = rows.get(row).get(done[row]);
                if (isReady(row, edit) && (best.isEmpty() || isBefore(slot(edit), best.get()))) {
                    best = Optional.of(slot(edit));
                }
            }
        }
        if (waiting && best.isEmpty()) {
            throw new IllegalStateException(
                    "patches at '" + site.point() + "' wait for each other");
        }
        return best;
    }

    private Filled fill(Slot slot) {
        PlannedEdit[] edits = new PlannedEdit[rows.size()];
        boolean[] ready = new boolean[rows.size()];
        for (int row = 0; row < rows.size(); row++) {
            if (done[row] < rows.get(row).size()) {
                PlannedEdit edit = rows.get(row).get(done[row]);
                ready[row] = slot(edit).equals(slot) && isReady(row, edit);
            }
        }
        for (int row = 0; row < rows.size(); row++) {
            if (ready[row]) {
                edits[row] = rows.get(row).get(done[row]++);
            }
        }
        return new Filled(slot, edits);
    }

    private boolean isReady(int row, PlannedEdit edit) {
        if (!(edit.value() instanceof EditValue.FromRow from) || !from.source().equals(site)) {
            return true;
        }
        int source = sources.source(row, from);
        List<PlannedEdit> edits = rows.get(source);
        return edits.subList(done[source], edits.size()).stream()
                .noneMatch(other -> other.steps().intersects(edit.steps()));
    }

    private static boolean isBefore(Slot a, Slot b) {
        return a.kind() != b.kind() ? a.kind().compareTo(b.kind()) < 0 : order(a) < order(b);
    }

    private static int order(Slot slot) {
        return slot.source().map(Site::order).orElse(-1);
    }

    private static Slot slot(PlannedEdit edit) {
        EditKind kind = edit.value().kind();
        return new Slot(kind, source(edit.value()), false);
    }

    private static Optional<Site> source(EditValue value) {
        if (value instanceof EditValue.FromRow from) {
            return Optional.of(from.source());
        }
        return value instanceof EditValue.FromInput from
                ? Optional.of(from.input())
                : Optional.empty();
    }

    @Override
    public String toString() {
        return site.point() + " " + Arrays.toString(done);
    }
}
