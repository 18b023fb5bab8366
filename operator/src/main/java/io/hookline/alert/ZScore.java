/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * Compares a value's distance from the mean of those before it, in their standard deviations, with
 * a limit (F. E. Grubbs, "Procedures for detecting outlying observations in samples", Technometrics
 * 11, 1969, with mean and deviation of the values before; see {@link Moments}). A value beyond the
 * limit is learnt as if it lay at the limit, so that one outlier spoils nothing and a new level is
 * still learnt (winsorizing; P. J. Huber, "Robust estimation of a location parameter", 1964).
 *
 * @param limit in standard deviations, above 0
 * @param warmUp values before the first verdict, at least 2
 * @param memory values that mean and deviation stand for at most
 */
public record ZScore(double limit, int warmUp, int memory, Direction direction)
        implements Detector {
    /** Of a value that differs from a constant: as far as anything need be. */
    private static final double FURTHEST = 1e6;

    public ZScore {
        requireNonNull(direction, "direction");
        if (!(limit > 0) || warmUp < 2 || memory < warmUp) {
            throw new IllegalArgumentException(
                    "a z-score needs a limit above 0, a warm-up of at least 2 and no less memory, got %s, %d and %d"
                            .formatted(limit, warmUp, memory));
        }
    }

    @Override
    public String wireName() {
        return "zscore";
    }

    @Override
    public DetectorState start() {
        return new DetectorState.Spread(Moments.NONE);
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        DetectorState.Spread before =
                state instanceof DetectorState.Spread own
                        ? own
                        : new DetectorState.Spread(Moments.NONE);
        Moments moments = before.moments();
        if (Double.isNaN(value)) {
            return Verdict.of(before, Level.HELD, value, limit);
        }
        if (moments.count() < warmUp) {
            return Verdict.of(
                    new DetectorState.Spread(
                            Double.isInfinite(value) ? moments : moments.with(value, memory)),
                    Level.HELD,
                    0,
                    limit);
        }
        double score = score(moments, value);
        boolean matters = score > 0 ? direction.includesUp() : direction.includesDown();
        Level level = matters && Math.abs(score) > limit ? Level.RAISED : Level.CLEAR;
        return Verdict.of(
                new DetectorState.Spread(moments.with(learnt(moments, value, score), memory)),
                level,
                score,
                score > 0 ? limit : -limit);
    }

    private static double score(Moments moments, double value) {
        double distance = value - moments.mean();
        if (distance == 0) {
            return 0;
        }
        double score = distance / moments.deviation();
        return Math.max(-FURTHEST, Math.min(FURTHEST, score));
    }

    private double learnt(Moments moments, double value, double score) {
        return Math.abs(score) <= limit
                ? value
                : moments.mean() + Math.signum(score) * limit * moments.deviation();
    }
}
