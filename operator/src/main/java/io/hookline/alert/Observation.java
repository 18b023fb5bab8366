/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.Header;
import io.hookline.schema.Signal;
import java.util.List;

/**
 * One signal, as rules look at it.
 *
 * @param kind what was computed, e.g. {@code probe}
 * @param time event time, epoch milliseconds
 * @param recordId id of the signal
 */
public record Observation(
        String modulePath,
        Series series,
        String kind,
        double value,
        long time,
        String recordId,
        int invocation,
        int step,
        Origin origin) {
    public Observation {
        requireNonNull(modulePath, "modulePath");
        requireNonNull(series, "series");
        requireNonNull(kind, "kind");
        requireNonNull(recordId, "recordId");
        requireNonNull(origin, "origin");
    }

    /** What a signal says, with the headers of its Kafka record. */
    public static Observation of(Signal signal, List<Header> headers) {
        return new Observation(
                signal.getModulePath(),
                new Series(signal.getName(), signal.getIo(), signal.getIndex(), signal.getStage()),
                signal.getKind(),
                signal.getValue(),
                signal.getEventTime().toEpochMilli(),
                signal.getRecordId(),
                signal.getInvocation(),
                signal.getStep(),
                Origin.of(signal, headers));
    }
}
