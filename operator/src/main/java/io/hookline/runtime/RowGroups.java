/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.PlannedTrace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides the rows of a batch into groups that share forward passes. Rows of equal length do, since
 * they need no padding and are then what they are alone, bit for bit. Rows that patch from each
 * other have to, whatever their lengths.
 */
final class RowGroups {
    private RowGroups() {}

    static List<List<ActiveRow>> of(List<ActiveRow> rows) {
        Map<String, List<ActiveRow>> groups = new LinkedHashMap<>();
        for (ActiveRow row : rows) {
            groups.computeIfAbsent(key(row), key -> new ArrayList<>()).add(row);
        }
        return List.copyOf(groups.values());
    }

    private static String key(ActiveRow row) {
        PlannedTrace trace = row.trace();
        int[] component = components(trace);
        int own = component[row.index()];
        boolean mixed = false;
        for (int i = 0; i < component.length; i++) {
            mixed |=
                    component[i] == own
                            && trace.rows().get(i).tokens().length != row.promptLength();
        }
        return mixed ? row.number() + "/" + own : String.valueOf(row.promptLength());
    }

    /** For each row the lowest index among the rows that it is tied to by patches. */
    private static int[] components(PlannedTrace trace) {
        int[] component = new int[trace.rows().size()];
        for (int i = 0; i < component.length; i++) {
            component[i] = i;
        }
        for (int pass = 0; pass < component.length; pass++) {
            for (int i = 0; i < component.length; i++) {
                for (PlannedEdit edit : trace.rows().get(i).edits()) {
                    if (edit.value() instanceof EditValue.FromRow from) {
                        int low = Math.min(component[i], component[from.row()]);
                        component[i] = low;
                        component[from.row()] = low;
                    }
                }
            }
        }
        return component;
    }
}
