/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.testutils.MetricListener;
import org.junit.jupiter.api.Test;

class InferenceMetricsTest {
    private final MetricListener listener = new MetricListener();
    private final InferenceMetrics metrics = new InferenceMetrics(listener.getMetricGroup());

    @Test
    void batches_ofSeveralStructures_areUnions_andOthersAreNot() {
        metrics.joined(1);
        metrics.joined(3);
        metrics.joined(0);
        metrics.joined(2);

        assertThat(listener.getHistogram("inference", "batchStructures").orElseThrow())
                .satisfies(
                        each ->
                                assertThat(each.getStatistics().getValues())
                                        .as("without the batch that nobody counted in")
                                        .containsExactly(1, 2, 3));
        assertThat(listener.getCounter("inference", "batchUnions").orElseThrow().getCount())
                .isEqualTo(2);
    }
}
