/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.metrics.LabelledCounters;
import io.hookline.operator.internal.control.InForce;
import io.hookline.program.ControlEntry;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
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

    /** Modules with counters of their own. */
    static final int MODULES = 256;

    /** Policies with counters of their own. */
    static final int POLICIES = 100;

    /** Whose interventions no policy brought. */
    private static final String EVENT = "event";

    private static final long MICROS_PER_MILLI = 1_000;

    private final MetricGroup group;
    private final Counter requests;
    private final Counter successes;
    private final Counter failures;
    private final Histogram latency;
    private final Histogram batchSize;
    private final Histogram batchWait;
    private final Histogram batchStructures;
    private final Counter batchUnions;
    private final SlidingRatio padding = new SlidingRatio(WINDOW);
    private final Histogram planWait;
    private final Counter generatedTokens;
    private final Histogram timeToFirstToken;
    private final Counter captureRecords;
    private final Counter signals;
    private final Counter barrierTimeouts;
    private final Histogram encoding;
    private final LabelledCounters captureBytes;
    private final LabelledCounters interventions;
    private final LabelledCounters deadLetters;
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
        batchStructures = group.histogram("batchStructures", new SlidingHistogram(WINDOW));
        batchUnions = group.counter("batchUnions", new SimpleCounter());
        planWait = group.histogram("planWaitMs", new SlidingHistogram(WINDOW));
        generatedTokens = group.counter("generatedTokens", new SimpleCounter());
        timeToFirstToken = group.histogram("timeToFirstTokenMs", new SlidingHistogram(WINDOW));
        captureRecords = group.counter("captureRecords", new SimpleCounter());
        signals = group.counter("signals", new SimpleCounter());
        barrierTimeouts = group.counter("barrierTimeouts", new SimpleCounter());
        encoding = group.histogram("encodeMs", new SlidingHistogram(WINDOW, MICROS_PER_MILLI));
        captureBytes = new LabelledCounters(group, "captureBytes", MODULES, "module");
        interventions = new LabelledCounters(group, "interventionsApplied", POLICIES, "policy");
        deadLetters =
                new LabelledCounters(group, "deadLetters", ErrorCode.values().length, "cause");
        group.gauge("paddingRatio", (Gauge<Double>) padding::ratio);
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
        deadLetters.inc(1, cause.name());
        if (cause == ErrorCode.BARRIER_UNMET) {
            barrierTimeouts.inc();
        }
    }

    /** The interventions of an event have acted. */
    void applied(Ask ask) {
        long own = ask.program().allInterventions().count();
        for (InForce control : ask.controls()) {
            if (control.entry() instanceof ControlEntry.Policy policy) {
                long many = policy.body().allInterventions().count();
                own -= many;
                count(many, policy.name());
            }
        }
        count(own, EVENT);
    }

    private void count(long many, String policy) {
        if (many > 0) {
            interventions.inc(many, policy);
        }
    }

    /** Activations of an event have become records. On any thread. */
    void encoded(long nanos) {
        encoding.update(nanos / MICROS_PER_MILLI);
    }

    /** An envelope leaves. */
    void wrote(Envelope envelope) {
        if (envelope.destination() instanceof Destination.Activations activations) {
            captureRecords.inc();
            captureBytes.inc(envelope.value().length, activations.modulePath());
        } else if (envelope.destination() instanceof Destination.Signals) {
            signals.inc();
        }
    }

    /** A control event is in force. */
    void controlled(long version) {
        controlVersion = Math.max(controlVersion, version);
    }

    void batched(int size, long waited) {
        batchSize.update(size);
        batchWait.update(waited);
    }

    /** A batch of prompts took so many positions, some of which were padding. */
    void padded(long positions, long share) {
        padding.add(share, positions);
    }

    /**
     * A pass of a batch ran under a plan that so many different structures came together in.
     *
     * @param structures 0 where nobody counted
     */
    void joined(int structures) {
        if (structures > 0) {
            batchStructures.update(structures);
        }
        if (structures > 1) {
            batchUnions.inc();
        }
    }

    /** Events waited that long for their plan. */
    void compiled(long waited) {
        planWait.update(waited);
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
