/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.testutils.MetricListener;
import org.junit.jupiter.api.Test;

final class LabelledCountersTest {
    private final MetricListener metrics = new MetricListener();

    private long count(String... path) {
        return metrics.getCounter(path).orElseThrow().getCount();
    }

    @Test
    void values_beyondTheBound_shareACounter() {
        LabelledCounters counters = new LabelledCounters(metrics.getMetricGroup(), "n", 3, "rule");
        for (int i = 0; i < 10; i++) {
            counters.inc(1, "r" + i);
        }
        counters.inc(5, "r1");

        assertThat(count("rule", "r0", "n")).isEqualTo(1);
        assertThat(count("rule", "r1", "n")).isEqualTo(6);
        assertThat(count("rule", LabelledCounters.OTHERS, "n")).isEqualTo(7);
        assertThat(metrics.getCounter("rule", "r3", "n")).isEmpty();
    }

    @Test
    void severalLabels_makeACounterForEachPair() {
        LabelledCounters counters =
                new LabelledCounters(metrics.getMetricGroup(), "n", 2, "rule", "severity");
        counters.inc(1, "r", "info");
        counters.inc(2, "r", "critical");
        counters.inc(4, "s", "info");

        assertThat(count("rule", "r", "severity", "info", "n")).isEqualTo(1);
        assertThat(count("rule", "r", "severity", "critical", "n")).isEqualTo(2);
        assertThat(count("rule", "others", "severity", "others", "n")).isEqualTo(4);
    }
}
