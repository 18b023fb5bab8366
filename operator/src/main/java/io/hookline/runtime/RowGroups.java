/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.PlannedTrace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which rows have to share forward passes: those that patch from each other. */
final class RowGroups {
    private RowGroups() {}

    /** Which rows of which trace. */
    private record Tie(int number, int component) {}

    /**
     * Rows in bundles that have to stay together from their step on.
     *
     * @param again whether patches of earlier steps act again
     */
    static List<List<ActiveRow>> tied(List<ActiveRow> rows, boolean again) {
        List<List<ActiveRow>> bundles = new ArrayList<>(rows.size());
        Map<Tie, List<ActiveRow>> open = new HashMap<>();
        for (ActiveRow row : rows) {
            if (row.trace().rows().size() == 1) {
                bundles.add(List.of(row));
                continue;
            }
            int component = components(row.trace(), again ? 0 : row.step())[row.index()];
            List<ActiveRow> bundle =
                    open.computeIfAbsent(
                            new Tie(row.number(), component), first -> new ArrayList<>());
            if (bundle.isEmpty()) {
                bundles.add(bundle);
            }
            bundle.add(row);
        }
        return bundles;
    }

    /** Whether a trace has rows of different lengths that have to stay together. */
    static boolean mix(PlannedTrace trace) {
        int[] component = components(trace, 0);
        return IntStream.range(0, component.length)
                .anyMatch(row -> length(trace, row) != length(trace, component[row]));
    }

    private static int length(PlannedTrace trace, int row) {
        return trace.rows().get(row).tokens().length;
    }

    /**
     * For each row the lowest index among the rows that it is tied to by patches.
     *
     * @param from the step from which on patches count
     */
    private static int[] components(PlannedTrace trace, int from) {
        int[] component = new int[trace.rows().size()];
        for (int i = 0; i < component.length; i++) {
            component[i] = i;
        }
        for (int pass = 0; pass < component.length; pass++) {
            for (int i = 0; i < component.length; i++) {
                for (PlannedEdit edit : trace.rows().get(i).edits()) {
                    if (edit.value() instanceof EditValue.FromRow source
                            && edit.steps().last() >= from) {
                        int low = Math.min(component[i], component[source.row()]);
                        component[i] = low;
                        component[source.row()] = low;
                    }
                }
            }
        }
        return component;
    }
}
