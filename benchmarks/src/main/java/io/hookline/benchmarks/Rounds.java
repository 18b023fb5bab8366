/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Measurements of variants that took turns: every round ran each variant once, in an order of its
 * own, so that whatever else the machine did meets all of them alike.
 */
final class Rounds {
    private static final double SECOND = 1e9;

    private final Map<String, List<Reading>> readings;

    private Rounds(Map<String, List<Reading>> readings) {
        this.readings = readings;
    }

    /** Warms up and measures. */
    static Rounds measure(List<Variant> variants, Stopwatch stopwatch, Effort effort)
            throws Exception {
        rounds(variants, stopwatch, effort.warmUp());
        return new Rounds(rounds(variants, stopwatch, effort.rounds()));
    }

    private static Map<String, List<Reading>> rounds(
            List<Variant> variants, Stopwatch stopwatch, Effort.Span span) throws Exception {
        Map<String, List<Reading>> readings = new HashMap<>();
        Random random = new Random(1);
        List<Variant> order = new ArrayList<>(variants);
        long begun = System.nanoTime();
        for (int round = 0; span.goesOn(round, (System.nanoTime() - begun) / SECOND); round++) {
            Collections.shuffle(order, random);
            for (Variant variant : order) {
                readings.computeIfAbsent(variant.name(), name -> new ArrayList<>())
                        .add(stopwatch.time(variant.work()).each(variant.times()));
            }
        }
        return readings;
    }

    /** How many times as long one variant took as another, by the clock. */
    double wall(String variant, String other) {
        return ratio(variant, other, Reading::wall);
    }

    /** How many times as much processor time one variant took as another. */
    double cpu(String variant, String other) {
        return ratio(variant, other, Reading::cpu);
    }

    /** Seconds by the clock that a variant took. */
    double seconds(String variant) {
        return median(of(variant).stream().mapToDouble(Reading::wall).toArray()) / SECOND;
    }

    /** Milliseconds of processor time that a variant took. */
    double milliseconds(String variant) {
        return median(of(variant).stream().mapToDouble(Reading::cpu).toArray()) / 1e6;
    }

    /**
     * The same as the mean of the middle half of the rounds: a process knows its time in steps of
     * ten milliseconds, and a median of some steps is one of them.
     */
    double meanMilliseconds(String variant) {
        double[] cpu = of(variant).stream().mapToDouble(Reading::cpu).sorted().toArray();
        int aside = cpu.length / 4;
        return Arrays.stream(cpu, aside, cpu.length - aside).average().orElseThrow() / 1e6;
    }

    /** Milliseconds by the clock that a variant took. */
    double wallMilliseconds(String variant) {
        return median(of(variant).stream().mapToDouble(Reading::wall).toArray()) / 1e6;
    }

    /** The median of the ratios within each round. */
    private double ratio(String variant, String other, ToDoubleFunction<Reading> time) {
        List<Reading> above = of(variant);
        List<Reading> below = of(other);
        double[] ratios = new double[above.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] =
                    time.applyAsDouble(above.get(round)) / time.applyAsDouble(below.get(round));
        }
        return median(ratios);
    }

    private List<Reading> of(String variant) {
        List<Reading> found = readings.get(variant);
        if (found == null) {
            throw new IllegalArgumentException("no variant '%s' was measured".formatted(variant));
        }
        return found;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
