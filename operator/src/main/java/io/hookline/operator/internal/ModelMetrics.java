/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The metric group {@code models} of a subtask. */
final class ModelMetrics {
    private final MetricGroup group;
    private final Counter swaps;
    private final Counter failures;

    ModelMetrics(MetricGroup operator) {
        group = operator.addGroup("models");
        swaps = group.counter("modelSwaps");
        failures = group.counter("modelLoadFailures");
    }

    void watch(JobModels models) {
        group.gauge("openModels", (Gauge<Integer>) models::size);
    }

    void swapped() {
        swaps.inc();
    }

    void failed() {
        failures.inc();
    }
}
