/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * Compares an exponentially weighted moving average, {@code z = alpha x + (1 - alpha) z}, with a
 * limit. The control chart is that of S. W. Roberts, "Control chart tests based on geometric moving
 * averages", Technometrics 1, 1959; D. C. Montgomery, "Introduction to statistical quality
 * control", 6th edition, section 9.2, equations 9.22 to 9.26.
 *
 * @param alpha the weight of the newest value, above 0, at most 1
 */
public record Ewma(double alpha, Limit limit) implements Detector {
    public Ewma {
        requireNonNull(limit, "limit");
        if (!(alpha > 0 && alpha <= 1)) {
            throw new IllegalArgumentException("alpha must be above 0 and at most 1, got " + alpha);
        }
    }

    /** What the average is compared with. */
    public sealed interface Limit {
        /** A limit of one's own; the average begins at the first value. */
        record Fixed(Bound bound) implements Limit {
            public Fixed {
                requireNonNull(bound, "bound");
            }
        }

        /**
         * Control limits, {@code width} standard deviations of the average from the mean, where the
         * average begins.
         */
        record Control(double width, Baseline baseline, Direction direction) implements Limit {
            public Control {
                requireNonNull(baseline, "baseline");
                requireNonNull(direction, "direction");
                if (!(width > 0)) {
                    throw new IllegalArgumentException("limit must be above 0, got " + width);
                }
            }
        }
    }

    @Override
    public String wireName() {
        return "ewma";
    }

    @Override
    public DetectorState start() {
        Moments known =
                limit instanceof Limit.Control control ? control.baseline().start() : Moments.NONE;
        return new DetectorState.Average(known, known.mean(), 0);
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        DetectorState.Average before =
                state instanceof DetectorState.Average own ? own : (DetectorState.Average) start();
        if (!Double.isFinite(value)) {
            return Verdict.of(before, Level.HELD, before.value(), Double.NaN);
        }
        return limit instanceof Limit.Control control
                ? controlled(before, value, control)
                : fixed(before, value, ((Limit.Fixed) limit).bound());
    }

    private Verdict fixed(DetectorState.Average before, double value, Bound bound) {
        double smooth = before.steps() == 0 ? value : blended(before.value(), value);
        DetectorState after =
                new DetectorState.Average(before.baseline(), smooth, before.steps() + 1);
        return Verdict.of(after, bound.level(smooth), smooth, bound.limit());
    }

    private Verdict controlled(DetectorState.Average before, double value, Limit.Control control) {
        if (!control.baseline().isKnown(before.baseline())) {
            Moments learnt = before.baseline().with(value);
            return Verdict.of(
                    new DetectorState.Average(learnt, learnt.mean(), 0),
                    Level.HELD,
                    learnt.mean(),
                    Double.NaN);
        }
        double smooth = blended(before.value(), value);
        long steps = before.steps() + 1;
        Moments baseline = before.baseline();
        double reach = control.width() * baseline.deviation() * Math.sqrt(share(steps));
        double distance = smooth - baseline.mean();
        boolean upwards = distance > 0;
        boolean matters =
                upwards ? control.direction().includesUp() : control.direction().includesDown();
        Level level = matters && Math.abs(distance) > reach ? Level.RAISED : Level.CLEAR;
        double threshold = baseline.mean() + (upwards ? reach : -reach);
        return Verdict.of(
                new DetectorState.Average(baseline, smooth, steps), level, smooth, threshold);
    }

    private double blended(double before, double value) {
        return alpha * value + (1 - alpha) * before;
    }

    /** The average's variance after so many steps, as a share of the values'. */
    private double share(long steps) {
        return alpha / (2 - alpha) * (1 - Math.pow(1 - alpha, 2.0 * steps));
    }
}
