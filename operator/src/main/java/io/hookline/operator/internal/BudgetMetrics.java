/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.BudgetStep;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * The metric group {@code budget} of a subtask: records that were changed or not written, by step
 * and by topic. Of many topics the first have counters of their own.
 */
final class BudgetMetrics {
    /** Topics with counters of their own. */
    static final int TOPICS = 100;

    private static final String OTHERS = "others";

    private final MetricGroup group;
    private final Map<BudgetStep, Counter> steps = new EnumMap<>(BudgetStep.class);
    private final Map<String, Counter> topics = new HashMap<>();
    private final Counter bytes;

    BudgetMetrics(MetricGroup operator) {
        group = operator.addGroup("budget");
        bytes = group.counter("bytesSaved");
    }

    /** A record for the topic of that module was made so many bytes smaller. */
    void lost(String module, BudgetStep step, long saved) {
        steps.computeIfAbsent(
                        step, first -> group.addGroup("step", step.wireName()).counter("records"))
                .inc();
        bytes.inc(saved);
        String topic = topics.containsKey(module) || topics.size() < TOPICS ? module : OTHERS;
        topics.computeIfAbsent(topic, this::counter).inc();
    }

    private Counter counter(String topic) {
        return group.addGroup("topic", topic).counter("recordsLost");
    }
}
