/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Change;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** How many alerts there were. */
final class AlertMetrics {
    private final Counter firing;
    private final Counter resolved;

    AlertMetrics(MetricGroup group) {
        MetricGroup alerts = group.addGroup("alerts");
        firing = alerts.counter("alerts_firing");
        resolved = alerts.counter("alerts_resolved");
    }

    void changed(Change change) {
        (change.firing() ? firing : resolved).inc();
    }
}
