/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** The metric group {@code inference} of a subtask. */
final class InferenceMetrics {
    /** Values that a histogram looks back on. */
    private static final int WINDOW = 1_000;

    private static final int MAX_MODULES = 256;
    private static final String OTHERS = "others";

    private final MetricGroup group;
    private final Counter requests;
    private final Counter successes;
    private final Counter failures;
    private final Histogram latency;
    private final Histogram batchSize;
    private final Histogram batchWait;
    private final Counter generatedTokens;
    private final Histogram timeToFirstToken;
    private final Counter captureRecords;
    private final Counter signals;
    private final Map<String, Counter> captureBytes = new HashMap<>();
    private final Map<ErrorCode, Counter> deadLetters = new EnumMap<>(ErrorCode.class);
    private volatile long controlVersion = -1;

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
        group = operator.addGroup("inference");
        requests = group.counter("inference_requests", new SimpleCounter());
        successes = group.counter("inference_requests_success", new SimpleCounter());
        failures = group.counter("inference_requests_failure", new SimpleCounter());
        latency = group.histogram("inference_latency_ms", new SlidingHistogram(WINDOW));
        batchSize = group.histogram("batchSize", new SlidingHistogram(WINDOW));
        batchWait = group.histogram("batchWaitMs", new SlidingHistogram(WINDOW));
        generatedTokens = group.counter("generatedTokens", new SimpleCounter());
        timeToFirstToken = group.histogram("timeToFirstTokenMs", new SlidingHistogram(WINDOW));
        captureRecords = group.counter("captureRecords", new SimpleCounter());
        signals = group.counter("signals", new SimpleCounter());
        group.gauge("controlVersion", (Gauge<Long>) () -> controlVersion);
    }

    void watch(Levels levels) {
        group.gauge("inFlightBatches", (Gauge<Integer>) levels::inFlightBatches);
        group.gauge("bufferedElements", (Gauge<Integer>) levels::bufferedElements);
        group.gauge("rowsInDecoding", (Gauge<Integer>) levels::rowsInDecoding);
    }

    void arrived() {
        requests.inc();
    }

    void completed(Optional<ErrorCode> cause, long millis) {
        cause.ifPresentOrElse(
                code -> {
                    failures.inc();
                    refused(code);
                },
                successes::inc);
        latency.update(millis);
    }

    /** A dead letter. */
    void refused(ErrorCode cause) {
        deadLetters
                .computeIfAbsent(cause, code -> counter("cause", code.name(), "deadLetters"))
                .inc();
    }

    /** An envelope leaves. */
    void wrote(Envelope envelope) {
        if (envelope.destination() instanceof Destination.Activations activations) {
            captureRecords.inc();
            captureBytes(activations.modulePath()).inc(envelope.value().length);
        } else if (envelope.destination() instanceof Destination.Signals) {
            signals.inc();
        }
    }

    /**
     * Modules beyond the bound share one counter, so that a policy can't make series without end.
     */
    private Counter captureBytes(String module) {
        boolean room = captureBytes.size() < MAX_MODULES || captureBytes.containsKey(module);
        return captureBytes.computeIfAbsent(
                room ? module : OTHERS, name -> counter("module", name, "captureBytes"));
    }

    private Counter counter(String label, String value, String name) {
        return group.addGroup(label, value).counter(name, new SimpleCounter());
    }

    /** A control event is in force. */
    void controlled(long version) {
        controlVersion = Math.max(controlVersion, version);
    }

    /** What the subtask runs, as the labels of a metric that is always 1. */
    void runs(String model, String digest) {
        group.addGroup("model", model)
                .addGroup("digest", digest)
                .gauge("modelInfo", (Gauge<Integer>) () -> 1);
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
