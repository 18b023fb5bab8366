/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.EditKind;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedSignal;
import io.hookline.plan.Structure.GaugeKind;
import io.hookline.plan.Structure.Pooling;
import io.hookline.schema.ElementType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a row brings to the structure of a pass over its prompt. Cheap to compare, since sites are
 * told by their order.
 *
 * @param edits in the order in which they act
 * @param last order of the site at which it stops, -1 where it runs to the end
 */
record RowStructure(List<Edit> edits, Set<Tap> taps, Set<Gauge> gauges, int last) {
    private record Edit(int site, EditKind kind) {}

    private record Tap(
            int site, boolean pre, List<Integer> units, Pooling pooling, ElementType dtype) {}

    private record Gauge(int site, boolean pre, GaugeKind kind) {}

    /**
     * How many different structures rows bring that run together.
     *
     * @param traces the rows of each trace
     */
    static int count(List<List<ActiveRow>> traces) {
        if (traces.size() == 1) {
            return 1;
        }
        Set<List<RowStructure>> different = new HashSet<>();
        for (List<ActiveRow> rows : traces) {
            different.add(rows.stream().map(row -> of(row.planned())).toList());
        }
        return different.size();
    }

    private static RowStructure of(PlannedRow row) {
        return new RowStructure(
                row.edits().stream()
                        .filter(edit -> edit.steps().contains(0))
                        .map(RowStructure::edit)
                        .toList(),
                row.captures().stream()
                        .filter(capture -> capture.steps().contains(0))
                        .map(RowStructure::tap)
                        .collect(Collectors.toSet()),
                row.signals().stream()
                        .filter(signal -> !signal.isOfTokens() && signal.steps().contains(0))
                        .map(RowStructure::gauge)
                        .collect(Collectors.toSet()),
                row.stop()
                        .filter(stop -> stop.step() == 0)
                        .map(stop -> stop.site().order())
                        .orElse(-1));
    }

    private static Edit edit(PlannedEdit edit) {
        return new Edit(edit.site().order(), edit.value().kind());
    }

    private static Tap tap(PlannedCapture capture) {
        return new Tap(
                capture.site().order(),
                capture.pre(),
                Arrays.stream(capture.units()).boxed().toList(),
                TapFeeds.pooling(capture.reduction()),
                capture.dtype());
    }

    private static Gauge gauge(PlannedSignal signal) {
        return new Gauge(
                signal.site().order(),
                signal.pre(),
                GaugeFeeds.kind(signal.definition().measure()));
    }
}
