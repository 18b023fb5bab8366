/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was seen at intervals while a job ran under the same load. */
final class SoakSamples {
    private static final int PARTS = 3;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * What was seen at one time.
     *
     * @param heap megabytes in use after a collection
     * @param resident megabytes of the process that are in memory, native ones among them
     * @param median milliseconds from an event to its result since the last sample
     */
    record Sample(double heap, double resident, double median) {}

    void add(Sample sample) {
        samples.add(sample);
    }

    List<Row> rows() {
        return List.of(
                drift("heap", "MB", Sample::heap, 1.1),
                drift("resident", "MB", Sample::resident, 1.1),
                drift("latency", "ms", Sample::median, 1.25));
    }

    /** The last third over the first. */
    private Row drift(String name, String unit, ToDoubleFunction<Sample> what, double most) {
        int part = Math.max(1, samples.size() / PARTS);
        double first = median(samples.subList(0, part), what);
        double last = median(samples.subList(samples.size() - part, samples.size()), what);
        return new Row(
                name,
                last / first,
                last / first,
                Goal.atMost(most),
                Map.of(unit + " at first", first, unit + " at last", last));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> what) {
        return Rounds.median(samples.stream().mapToDouble(what).toArray());
    }
}
