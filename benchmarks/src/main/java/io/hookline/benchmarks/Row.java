/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One line of a report.
 *
 * @param ratio by the clock
 * @param cpuRatio by processor time
 * @param figures absolute figures behind the ratio, each named with its unit
 */
record Row(String name, double ratio, double cpuRatio, Goal goal, Map<String, Double> figures) {
    Row {
        figures = new TreeMap<>(figures);
    }

    /** A row whose ratios say everything. */
    Row(String name, double ratio, double cpuRatio, Goal goal) {
        this(name, ratio, cpuRatio, goal, Map.of());
    }

    private String verdict() {
        if (!goal.isSet()) {
            return "";
        }
        return goal.isMetBy(cpuRatio) ? "met" : "missed";
    }

    String line() {
        String absolute =
                figures.entrySet().stream()
                        .map(
                                each ->
                                        String.format(
                                                Locale.ROOT,
                                                "%.2f %s",
                                                each.getValue(),
                                                each.getKey()))
                        .collect(Collectors.joining(", "));
        return String.format(
                        Locale.ROOT,
                        "%-20s %8.3f %8.3f   %-8s %-6s %s",
                        name,
                        ratio,
                        cpuRatio,
                        goal,
                        verdict(),
                        absolute)
                .stripTrailing();
    }
}
