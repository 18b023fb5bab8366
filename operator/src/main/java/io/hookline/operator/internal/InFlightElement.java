/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static java.util.Objects.requireNonNull;

import io.hookline.operator.internal.control.ControlRef;
import io.hookline.schema.SourceEvent;
import java.util.List;
import java.util.OptionalLong;

/**
 * An event that has arrived and not entirely left, as it is kept in state: enough to come to the
 * same outputs again and to leave out those that have left.
 *
 * @param timestamp of the stream record, which is also that of its outputs
 * @param controls the control events that the event's program was completed with when it arrived;
 *     they are kept beside it, once per snapshot
 */
record InFlightElement(
        SourceEvent event, OptionalLong timestamp, List<ControlRef> controls, Progress progress) {
    InFlightElement {
        requireNonNull(event, "event");
        requireNonNull(timestamp, "timestamp");
        controls = List.copyOf(controls);
        requireNonNull(progress, "progress");
    }
}
