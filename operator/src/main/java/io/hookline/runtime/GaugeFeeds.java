/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedSignal;
import io.hookline.plan.Structure.Gauge;
import io.hookline.plan.Structure.GaugeKind;
import io.hookline.program.Measure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Merges the signals of all rows into gauges: as few as there are widths, whatever the rows
 * measure.
 */
final class GaugeFeeds {
    private static final Comparator<Key> IN_ORDER =
            Comparator.comparing(Key::kind).thenComparing(Key::width);

    private final Pass pass;
    private final Selections selections;
    private final Map<Key, GaugeRows> gauges = new TreeMap<>(IN_ORDER);
    private final List<Entry> entries = new ArrayList<>();

    private record Key(GaugeKind kind, int width) {}

    /**
     * One signal of one row in this pass.
     *
     * @param row index in the pass
     * @param positions within the step, never empty
     * @param at which activations it is made of
     */
    record Entry(
            int row, PlannedSignal signal, int[] positions, GaugeRows gauge, GaugeRows.At at) {}

    GaugeFeeds(Pass pass, Selections selections) {
        this.pass = pass;
        this.selections = selections;
    }

    /** Adds what a row measures in this pass. */
    void add(int row, List<PlannedSignal> signals) {
        for (PlannedSignal signal : signals) {
            if (!signal.isOfTokens() && signal.steps().contains(pass.step(row))) {
                add(row, signal);
            }
        }
    }

    private void add(int row, PlannedSignal signal) {
        Selections.Selected selected =
                selections.once(row, signal.definition().selection().tokens(), signal.site());
        if (selected.positions().length > 0) {
            Key key = new Key(kind(signal.definition().measure()), signal.site().width());
            GaugeRows gauge =
                    gauges.computeIfAbsent(key, made -> new GaugeRows(made.kind(), made.width()));
            entries.add(
                    new Entry(
                            row, signal, selected.positions(), gauge, gauge.add(signal, selected)));
        }
    }

    /** What a measure is taken of. */
    static GaugeKind kind(Measure measure) {
        if (measure.isOfChange()) {
            return GaugeKind.CHANGE;
        }
        return measure instanceof Measure.Distance ? GaugeKind.DISTANCE : GaugeKind.VALUE;
    }

    /** The gauges, by kind and width. */
    List<Gauge> gauges() {
        return gauges.values().stream().map(GaugeRows::gauge).toList();
    }

    /** What the gauges are fed with, by their place in {@link #gauges}. */
    List<HostTensor> feeds() {
        List<HostTensor> feeds = new ArrayList<>();
        int index = 0;
        for (GaugeRows gauge : gauges.values()) {
            feeds.addAll(gauge.feeds(index++));
        }
        return feeds;
    }

    /** What is to be read of the gauges' outputs. */
    Filled filled() {
        return new Filled(List.copyOf(gauges.values()), List.copyOf(entries));
    }

    /**
     * Gauges and whose each of their outputs' rows are.
     *
     * @param gauges in the structure's order
     * @param entries by row, and for each row in the order in which it asked
     */
    record Filled(List<GaugeRows> gauges, List<Entry> entries) {}
}
