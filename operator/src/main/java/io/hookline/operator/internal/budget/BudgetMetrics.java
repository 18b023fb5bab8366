/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import io.hookline.metrics.LabelledCounters;
import io.hookline.operator.BudgetStep;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * The metric group {@code budget} of a subtask: records that were changed or not written, by step
 * and by topic. Of many topics the first have counters of their own.
 */
public final class BudgetMetrics {
    /** Topics with counters of their own. */
    static final int TOPICS = 100;

    private final LabelledCounters steps;
    private final LabelledCounters topics;
    private final LabelledCounters dropped;
    private final Counter bytes;

    public BudgetMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup("budget");
        int kinds = BudgetStep.values().length;
        bytes = group.counter("bytesSaved");
        steps = new LabelledCounters(group, "records", kinds, "step");
        topics = new LabelledCounters(group, "recordsLost", TOPICS, "topic");
        dropped =
                new LabelledCounters(
                        operator.addGroup("inference"), "captureDropped", kinds, "reason");
    }

    /** A record for the topic of that module was made so many bytes smaller. */
    void lost(String module, BudgetStep step, long saved) {
        steps.inc(1, step.wireName());
        bytes.inc(saved);
        topics.inc(1, module);
        if (step == BudgetStep.SAMPLE || step == BudgetStep.DROP) {
            dropped.inc(1, "budget-" + step.wireName());
        }
    }
}
