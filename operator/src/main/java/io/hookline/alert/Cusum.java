/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.alert.DetectorState.Excess;
import java.util.OptionalLong;

/**
 * Adds up how far values lie beyond a slack on either side of the mean, and compares the sums with
 * a decision interval: the tabular CUSUM (E. S. Page, "Continuous inspection schemes", Biometrika
 * 41, 1954; D. C. Montgomery, "Introduction to statistical quality control", 6th edition, section
 * 9.1.2, equations 9.2 and 9.3). Once raised, a sum stops at the interval, so that it clears about
 * as fast as it raised; it clears when it is back at 0.
 *
 * @param slack the reference value K in standard deviations: half of the shift to be found
 * @param interval the decision interval H in standard deviations
 */
public record Cusum(double slack, double interval, Baseline baseline, Direction direction)
        implements Detector {
    public Cusum {
        requireNonNull(baseline, "baseline");
        requireNonNull(direction, "direction");
        if (!(slack >= 0) || !(interval > 0)) {
            throw new IllegalArgumentException(
                    "a CUSUM needs k of at least 0 and h above 0, got %s and %s"
                            .formatted(slack, interval));
        }
    }

    @Override
    public String wireName() {
        return "cusum";
    }

    @Override
    public DetectorState start() {
        return new DetectorState.Sums(baseline.start(), Excess.NONE, Excess.NONE);
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        DetectorState.Sums before =
                state instanceof DetectorState.Sums own ? own : (DetectorState.Sums) start();
        if (!Double.isFinite(value)) {
            return Verdict.of(before, Level.HELD, value, Double.NaN);
        }
        if (!baseline.isKnown(before.baseline())) {
            DetectorState learnt =
                    new DetectorState.Sums(before.baseline().with(value), Excess.NONE, Excess.NONE);
            return Verdict.of(learnt, Level.HELD, 0, Double.NaN);
        }
        return judged(before, value, time);
    }

    private Verdict judged(DetectorState.Sums before, double value, long time) {
        Moments known = before.baseline();
        double allowed = slack * known.deviation();
        double threshold = interval * known.deviation();
        double distance = value - known.mean();
        Excess up =
                direction.includesUp() ? grown(before.up(), distance - allowed, time) : Excess.NONE;
        Excess down =
                direction.includesDown()
                        ? grown(before.down(), -distance - allowed, time)
                        : Excess.NONE;
        Excess larger = up.sum() >= down.sum() ? up : down;
        Verdict verdict =
                new Verdict(
                        new DetectorState.Sums(
                                known, capped(up, threshold), capped(down, threshold)),
                        level(larger.sum(), threshold),
                        larger.sum(),
                        threshold,
                        larger.sum() > 0,
                        OptionalLong.empty());
        return larger.sum() > 0 ? verdict.since(larger.since()) : verdict;
    }

    private static Level level(double sum, double threshold) {
        if (sum > threshold) {
            return Level.RAISED;
        }
        return sum == 0 ? Level.CLEAR : Level.HELD;
    }

    private static Excess grown(Excess before, double by, long time) {
        double sum = before.sum() + by;
        if (!(sum > 0)) {
            return Excess.NONE;
        }
        return new Excess(sum, before.sum() == 0 ? time : before.since());
    }

    private static Excess capped(Excess excess, double most) {
        return excess.sum() > most ? new Excess(most, excess.since()) : excess;
    }
}
