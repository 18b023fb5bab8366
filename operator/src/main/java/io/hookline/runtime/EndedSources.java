/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows that have ended and that others took values from in steps before. Where every step computes
 * the whole text again those patches act again, and their sources run along with whoever goes on.
 */
final class EndedSources {
    private final List<ActiveRow> ended = new ArrayList<>();

    /** Keeps those of the rows that have ended. */
    void keep(List<ActiveRow> rows) {
        rows.stream().filter(row -> row.ended() && !ended.contains(row)).forEach(ended::add);
    }

    /** Forgets a row. */
    void remove(ActiveRow row) {
        ended.remove(row);
    }

    /** The rows, and behind them the ended ones that their patches need. */
    List<ActiveRow> beside(List<ActiveRow> rows) {
        if (ended.isEmpty()) {
            return rows;
        }
        List<ActiveRow> all = new ArrayList<>(rows);
        for (int at = 0; at < all.size(); at++) {
            for (PlannedEdit edit : all.get(at).planned().edits()) {
                source(all.get(at), edit)
                        .filter(source -> !all.contains(source))
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    private Optional<ActiveRow> source(ActiveRow target, PlannedEdit edit) {
        return edit.value() instanceof EditValue.FromRow from
                ? ended.stream()
                        .filter(row -> row.number() == target.number() && row.index() == from.row())
                        .findFirst()
                : Optional.empty();
    }
}
