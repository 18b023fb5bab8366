/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.CachePolicy;
import io.hookline.program.Problem;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Measurement;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.Chunks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Makes envelopes of what events came to: of a completed one its activation records step by step,
 * its result, and then its signals, of any other one dead letter. Signals come last since they are
 * what another configuration changes, and what has left is counted from the front. Safe for use by
 * several threads.
 */
final class OutcomeWriter {
    private final AvroFraming framing;
    private final ResultRecords results;
    private final ActivationRecords activations;
    private final SignalRecords signals;
    private final int maxRecordBytes;
    private final Redactor redactor;
    private final LongConsumer encoded;

    /**
     * How things are written.
     *
     * @param maxRecordBytes tensors that take more leave in chunks
     * @param encoded is told the nanoseconds that activations took to become records, on any thread
     */
    record Form(AvroFraming framing, int maxRecordBytes, Redactor redactor, LongConsumer encoded) {}

    OutcomeWriter(ModelInfo model, Form form) {
        this.framing = form.framing();
        this.redactor = form.redactor();
        this.maxRecordBytes = form.maxRecordBytes();
        this.encoded = form.encoded();
        this.results = new ResultRecords(model, maxRecordBytes);
        this.activations = new ActivationRecords(model);
        this.signals = new SignalRecords(model);
    }

    /** The outputs of an event that ran. */
    Outputs write(Ask ask, BatchRunner.Attempted attempted, OutputSequence sequence) {
        TraceOutcome outcome = attempted.outcome();
        if (outcome instanceof TraceOutcome.Failed failed) {
            return failed(ask, failed, attempted.attempts());
        }
        try {
            return completed(ask, (TraceOutcome.Completed) outcome, sequence);
        } catch (IllegalArgumentException | OutOfMemoryError unwritable) {
            return unwritable(ask, unwritable, attempted.attempts());
        }
    }

    /** The outputs of an event that can't be run to its end. */
    Outputs failed(Ask ask, TraceOutcome.Failed failed, int attempts) {
        Problem problem = new Problem(failed.code(), "", failed.message());
        return deadLetter(ask.source(), Optional.of(ask), List.of(problem), attempts);
    }

    /** The outputs of an event that came to something that records, or memory, can't hold. */
    Outputs unwritable(Ask ask, Throwable why, int attempts) {
        Problem problem =
                new Problem(
                        ErrorCode.INFERENCE_FAILED,
                        "",
                        "the outcome can't be written: " + why.getMessage());
        return deadLetter(ask.source(), Optional.of(ask), List.of(problem), attempts);
    }

    private Outputs completed(Ask ask, TraceOutcome.Completed completed, OutputSequence sequence) {
        List<Capture> captures = sequence.of(completed.rows());
        List<Envelope> envelopes = new ArrayList<>(activations(ask, captures));
        Map<String, Long> counts =
                captures.stream()
                        .filter(capture -> !CachePolicy.isHeld(capture.cache()))
                        .collect(
                                Collectors.groupingBy(
                                        Capture::cache, TreeMap::new, Collectors.counting()));
        envelopes.add(result(ask, completed.rows(), counts));
        envelopes.addAll(signals(ask, completed.rows()));
        List<int[]> generated = completed.rows().stream().map(RowOutcome::generated).toList();
        return new Outputs(Optional.empty(), generated, envelopes);
    }

    /**
     * Activation records, large ones in chunks.
     *
     * @throws IllegalArgumentException when a record can't hold what was captured
     */
    List<Envelope> activations(Ask ask, List<Capture> captures) {
        if (captures.isEmpty()) {
            return List.of();
        }
        long since = System.nanoTime();
        List<Envelope> envelopes = new ArrayList<>();
        for (Capture capture : captures) {
            for (ActivationRecord record :
                    Chunks.split(activations.record(ask, capture), maxRecordBytes)) {
                envelopes.add(activation(ask, record));
            }
        }
        encoded.accept(System.nanoTime() - since);
        return envelopes;
    }

    /**
     * The result of an event.
     *
     * @param counts its records by cache
     */
    Envelope result(Ask ask, List<RowOutcome> rows, Map<String, Long> counts) {
        return new Envelope(
                new Destination.Results(),
                ask.eventId(),
                ask.eventId(),
                framing.encode(
                        redactor.redacted(
                                results.result(ask, rows, counts), ask.program().invocations())),
                OutputHeaders.of(ask));
    }

    private Envelope activation(Ask ask, ActivationRecord record) {
        String module = record.getModulePath();
        return new Envelope(
                CachePolicy.isHeld(record.getCache())
                        ? new Destination.Held(module)
                        : new Destination.Activations(module),
                module,
                ask.eventId(),
                framing.encode(record),
                OutputHeaders.of(ask));
    }

    /** The failure as logs and dead letters may tell it. */
    Throwable tellable(Throwable failure) {
        return redactor.redacted(failure);
    }

    /** What was measured of an event. */
    List<Envelope> signals(Ask ask, List<RowOutcome> rows) {
        return rows.stream()
                .flatMap(row -> row.signals().stream())
                .map(measured -> signal(ask, measured))
                .toList();
    }

    private Envelope signal(Ask ask, Measurement measured) {
        Signal record = signals.record(ask, measured);
        return new Envelope(
                new Destination.Signals(),
                record.getModulePath(),
                ask.eventId(),
                framing.encode(record),
                OutputHeaders.of(ask));
    }

    /**
     * The outputs of an event that gave no result.
     *
     * @param ask what it asks for, when it was understood
     * @param attempts how often it ran
     */
    Outputs deadLetter(SourceEvent event, Optional<Ask> ask, List<Problem> problems, int attempts) {
        String id = ask.map(Ask::eventId).orElseGet(() -> Ask.eventId(event));
        return Outputs.deadLetter(
                problems.get(0).code(),
                new Envelope(
                        new Destination.DeadLetters(),
                        id,
                        id,
                        framing.encode(
                                redactor.redacted(
                                        DeadLetterRecords.record(event, ask, problems, attempts),
                                        event)),
                        ask.map(OutputHeaders::of).orElse(event.headers())));
    }
}
