/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * What raises an alert.
 *
 * @param version offset in the control topic, -1 for one from a file
 */
public record Rule(
        String name,
        long version,
        Selection selection,
        SubjectKey key,
        Detector detector,
        Timing timing,
        Notice notice,
        Optional<Around> around) {
    public Rule {
        requireNonNull(name, "name");
        requireNonNull(selection, "selection");
        requireNonNull(key, "key");
        requireNonNull(detector, "detector");
        requireNonNull(timing, "timing");
        requireNonNull(notice, "notice");
        requireNonNull(around, "around");
    }

    /**
     * When a rule fires, in milliseconds of event time.
     *
     * @param lasting how long it must be raised before it fires
     * @param coolDown how long after it began to fire it does not begin again
     * @param expire how long after the last signal a key is forgotten, and what fires resolved
     */
    public record Timing(long lasting, long coolDown, long expire) {
        public Timing {
            if (lasting < 0 || coolDown < 0 || expire < 1) {
                throw new IllegalArgumentException(
                        "times must not be negative and 'expire' be at least 1 ms, got %d, %d and %d"
                                .formatted(lasting, coolDown, expire));
            }
        }
    }

    /** What an alert says. */
    public record Notice(Severity severity, Map<String, String> labels, SummaryTemplate summary) {
        public Notice {
            requireNonNull(severity, "severity");
            labels = Map.copyOf(labels);
            requireNonNull(summary, "summary");
        }
    }

    /**
     * Whether what the other rule watches goes on under this one: it looks for the same, and an
     * alert keeps the labels that receivers know it by.
     */
    boolean goesOnFrom(Rule other) {
        return detector.equals(other.detector)
                && key.equals(other.key)
                && notice.severity() == other.notice.severity()
                && notice.labels().equals(other.notice.labels());
    }
}
