/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** The metric group {@code inference} of a subtask. */
final class InferenceMetrics {
    /** Values that a histogram looks back on. */
    private static final int WINDOW = 1_000;

    private final MetricGroup group;
    private final Counter requests;
    private final Counter successes;
    private final Counter failures;
    private final Histogram latency;
    private final Histogram batchSize;
    private final Histogram batchWait;
    private final Counter generatedTokens;
    private final Histogram timeToFirstToken;

    /** What the group shows of the pipeline. */
    interface Levels {
        /** Batches that run or wait for a worker. */
        int inFlightBatches();

        /** Events that have arrived and not left. */
        int bufferedElements();

        /** Rows that generate step by step. */
        int rowsInDecoding();
    }

    InferenceMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup("inference");
        requests = group.counter("inference_requests", new SimpleCounter());
        successes = group.counter("inference_requests_success", new SimpleCounter());
        failures = group.counter("inference_requests_failure", new SimpleCounter());
        latency = group.histogram("inference_latency_ms", new SlidingHistogram(WINDOW));
        batchSize = group.histogram("batchSize", new SlidingHistogram(WINDOW));
        batchWait = group.histogram("batchWaitMs", new SlidingHistogram(WINDOW));
        generatedTokens = group.counter("generatedTokens", new SimpleCounter());
        timeToFirstToken = group.histogram("timeToFirstTokenMs", new SlidingHistogram(WINDOW));
        this.group = group;
    }

    void watch(Levels levels) {
        group.gauge("inFlightBatches", (Gauge<Integer>) levels::inFlightBatches);
        group.gauge("bufferedElements", (Gauge<Integer>) levels::bufferedElements);
        group.gauge("rowsInDecoding", (Gauge<Integer>) levels::rowsInDecoding);
    }

    void arrived() {
        requests.inc();
    }

    void completed(boolean failed, long millis) {
        (failed ? failures : successes).inc();
        latency.update(millis);
    }

    void batched(int size, long waited) {
        batchSize.update(size);
        batchWait.update(waited);
    }

    /** New tokens of any events. */
    void generated(int tokens) {
        generatedTokens.inc(tokens);
    }

    /** The first token of an event, that long after it had arrived. */
    void firstToken(long millis) {
        timeToFirstToken.update(millis);
    }
}
