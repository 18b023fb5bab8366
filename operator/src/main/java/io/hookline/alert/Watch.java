/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * One rule at one subject and series: what its detector remembers, and whether it fires. Immutable.
 *
 * @param version of the rule that looked last
 * @param since event time at which the phase began
 * @param seen event time of the latest signal
 * @param quietUntil event time before which it does not begin to fire again
 */
public record Watch(
        String rule,
        long version,
        Series series,
        DetectorState detector,
        Phase phase,
        long since,
        long seen,
        long quietUntil,
        Evidence evidence) {
    public Watch {
        requireNonNull(rule, "rule");
        requireNonNull(series, "series");
        requireNonNull(detector, "detector");
        requireNonNull(phase, "phase");
        requireNonNull(evidence, "evidence");
    }

    /** How far it is. */
    public enum Phase {
        /** Nothing to say. */
        QUIET,
        /** Raised, not yet for long enough. */
        PENDING,
        /** An alert is firing. */
        FIRING
    }

    /** The beginning of a rule's watch over a series. */
    static Watch start(Rule rule, Series series) {
        return new Watch(
                rule.name(),
                rule.version(),
                series,
                rule.detector().start(),
                Phase.QUIET,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                Evidence.NONE);
    }

    boolean isFiring() {
        return phase == Phase.FIRING;
    }

    /** Whether nothing is lost when it is forgotten at that event time. */
    boolean isForgettable(Rule own, long time) {
        return phase == Phase.QUIET
                && time >= quietUntil
                && detector.equals(own.detector().start());
    }

    Watch with(Phase next, long begun) {
        return new Watch(rule, version, series, detector, next, begun, seen, quietUntil, evidence);
    }

    /** Goes on under another version of its rule. */
    Watch under(Rule next) {
        return new Watch(
                rule, next.version(), series, detector, phase, since, seen, quietUntil, evidence);
    }

    Watch quietUntil(long time) {
        return new Watch(rule, version, series, detector, phase, since, seen, time, evidence);
    }

    /** After a verdict by that version of the rule. */
    Watch after(long by, DetectorState state, long latest, Evidence what) {
        return new Watch(
                rule, by, series, state, phase, since, Math.max(seen, latest), quietUntil, what);
    }
}
