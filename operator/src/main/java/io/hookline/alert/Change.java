/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * An alert that begins to fire, or no longer does.
 *
 * @param watch as it was when it fired last, with the evidence
 * @param startedAt event time at which it began
 * @param time event time of this change
 */
public record Change(
        Rule rule, Subject subject, Watch watch, boolean firing, long startedAt, long time) {
    public Change {
        requireNonNull(rule, "rule");
        requireNonNull(subject, "subject");
        requireNonNull(watch, "watch");
    }
}
