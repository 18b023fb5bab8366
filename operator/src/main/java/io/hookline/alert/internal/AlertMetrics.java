/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Change;
import io.hookline.metrics.LabelledCounters;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** How many alerts there were, and by which rules. */
final class AlertMetrics {
    /** Rules with counters of their own. */
    static final int RULES = 100;

    private final Counter firing;
    private final Counter resolved;
    private final LabelledCounters byRule;
    private volatile long rulesVersion = -1;

    AlertMetrics(MetricGroup group) {
        MetricGroup alerts = group.addGroup("alerts");
        firing = alerts.counter("alerts_firing");
        resolved = alerts.counter("alerts_resolved");
        byRule = new LabelledCounters(alerts, "alerts", RULES, "rule", "severity");
        alerts.gauge("rulesVersion", (Gauge<Long>) () -> rulesVersion);
    }

    /** Rules are in force as of that version. */
    void ruled(long version) {
        rulesVersion = Math.max(rulesVersion, version);
    }

    void changed(Change change) {
        (change.firing() ? firing : resolved).inc();
        if (change.firing()) {
            byRule.inc(1, change.rule().name(), change.rule().notice().severity().wireName());
        }
    }
}
