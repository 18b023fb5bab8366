/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Everything that is remembered of one subject, but for the held records. Immutable.
 *
 * @param timer the event time for which a timer is set, {@link Long#MAX_VALUE} for none
 */
public record SubjectState(Subject subject, List<Watch> watches, Ring ring, long timer) {
    public SubjectState {
        requireNonNull(subject, "subject");
        watches = List.copyOf(watches);
        requireNonNull(ring, "ring");
    }

    /** Nothing yet. */
    public static SubjectState of(Subject subject) {
        return new SubjectState(subject, List.of(), Ring.EMPTY, Long.MAX_VALUE);
    }

    /** With other watches. */
    public SubjectState with(List<Watch> others) {
        return new SubjectState(subject, others, ring, timer);
    }

    /** With another ring. */
    public SubjectState with(Ring other) {
        return new SubjectState(subject, watches, other, timer);
    }

    /** With a timer for another event time. */
    public SubjectState withTimer(long time) {
        return new SubjectState(subject, watches, ring, time);
    }
}
