/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.SourceEvent;
import java.util.List;

/**
 * What a job knows when it starts.
 *
 * @param control what the control topic held, in order; counts only in a start without state
 * @param framing of events in and records out
 * @param destinations makes ready what records are about to be sent to
 */
public record JobStart(
        List<SourceEvent> control, FramingSource framing, DestinationsSource destinations) {
    public JobStart {
        control = List.copyOf(control);
        requireNonNull(framing, "framing");
        requireNonNull(destinations, "destinations");
    }

    /** Destinations need no preparation. */
    public JobStart(List<SourceEvent> control, FramingSource framing) {
        this(control, framing, DestinationsSource.READY);
    }

    /** Nothing is in force, and records are framed as Avro's single objects. */
    public static JobStart empty() {
        return new JobStart(List.of(), FramingSource.SINGLE_OBJECT);
    }
}
