/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import io.hookline.plan.PlannedSignal;
import io.hookline.program.Measure;
import io.hookline.program.Measure.Scalar;
import io.hookline.program.SignalDefinition.Pool;
import io.hookline.runtime.GaugeFeeds.Entry;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes measurements of what the gauges of a pass gave. */
final class SignalReadings {
    /** As hook points are visited; what a row asked for first comes first at each. */
    private static final Comparator<Measurement> IN_ORDER =
            Comparator.comparingInt((Measurement each) -> each.signal().site().order())
                    .thenComparing(each -> !each.signal().pre());

    private static final int[] NO_UNITS = new int[0];
    private static final double[] NO_VALUES = new double[0];

    private final Pass pass;
    private final Map<GaugeRows, FloatBuffer> outputs = new HashMap<>();

    SignalReadings(Pass pass) {
        this.pass = pass;
    }

    /**
     * Hands each row its measurements of this pass, in visit order.
     *
     * @param outputs of the gauges, in their order
     */
    void read(GaugeFeeds.Filled filled, List<PassEngine.Output> outputs) {
        for (int gauge = 0; gauge < outputs.size(); gauge++) {
            this.outputs.put(filled.gauges().get(gauge), outputs.get(gauge).data().asFloatBuffer());
        }
        Map<ActiveRow, List<Measurement>> byRow = new HashMap<>();
        for (Entry entry : filled.entries()) {
            ActiveRow row = pass.rows().get(entry.row());
            byRow.computeIfAbsent(row, first -> new ArrayList<>()).addAll(read(entry));
        }
        byRow.forEach(
                (row, measured) -> {
                    measured.sort(IN_ORDER);
                    measured.forEach(row::add);
                });
    }

    private List<Measurement> read(Entry entry) {
        List<Measurement> each = new ArrayList<>();
        Pool pool = entry.signal().definition().selection().pool();
        int[] positions = entry.positions();
        for (int i = 0; i < entry.at().count(); i++) {
            int last = pool == Pool.MEAN ? positions.length - 1 : i;
            each.add(measurement(entry, i, positions[i], positions[last]));
        }
        return pool == Pool.MAX ? List.of(largest(each, positions)) : each;
    }

    private static Measurement largest(List<Measurement> each, int[] positions) {
        Measurement largest =
                each.stream().max(Comparator.comparingDouble(Measurement::value)).orElseThrow();
        Measurement.Place place =
                new Measurement.Place(
                        largest.place().step(), positions[0], positions[positions.length - 1]);
        return new Measurement(
                largest.signal(),
                largest.invocation(),
                place,
                largest.value(),
                largest.units(),
                largest.unitValues());
    }

    private Measurement measurement(Entry entry, int activation, int first, int last) {
        GaugeRows gauge = entry.gauge();
        FloatBuffer output = requireNonNull(outputs.get(gauge));
        GaugeRows.Columns columns = gauge.columns();
        int index = entry.at().source().start() + entry.at().first() + activation;
        int row = index * columns.count();
        Measure.Scalars scalars =
                scalar -> {
                    int of = scalar == Scalar.PRODUCT ? entry.at().vector() : 0;
                    return output.get(row + columns.of(scalar) + of);
                };
        PlannedSignal signal = entry.signal();
        Measure measure = signal.definition().measure();
        int k = measure instanceof Measure.TopUnits top ? top.k() : 0;
        int[] units = k == 0 ? NO_UNITS : new int[k];
        double[] unitValues = k == 0 ? NO_VALUES : new double[k];
        for (int rank = 0; rank < k; rank++) {
            int at = row + columns.of(Scalar.TOP) + rank;
            unitValues[rank] = output.get(at);
            units[rank] = (int) output.get(at + gauge.top());
        }
        return new Measurement(
                signal,
                pass.rows().get(entry.row()).index(),
                new Measurement.Place(pass.step(entry.row()), first, last),
                measure.value(scalars),
                units,
                unitValues);
    }
}
