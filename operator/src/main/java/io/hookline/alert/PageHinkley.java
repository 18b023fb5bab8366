/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.alert.DetectorState.Run;
import java.util.OptionalLong;

/**
 * Tests whether the mean has changed: the sum of distances from the mean so far, less a tolerance,
 * against the least it was (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954, and
 * D. V. Hinkley, "Inference about the change-point from cumulative sum tests", Biometrika 58, 1971;
 * in the form of J. Gama and others, "A survey on concept drift adaptation", ACM Computing Surveys
 * 46, 2014, section 3.2.1). A change that was found is the end of what was learnt: it begins anew,
 * and is clear when the new mean has lasted for a warm-up.
 *
 * @param tolerance delta, in the signal's unit: changes that do not matter
 * @param threshold lambda, in the signal's unit times values
 * @param warmUp values before the first verdict
 */
public record PageHinkley(double tolerance, double threshold, int warmUp, Direction direction)
        implements Detector {
    public PageHinkley {
        requireNonNull(direction, "direction");
        if (!(tolerance >= 0) || !(threshold > 0) || warmUp < 1) {
            throw new IllegalArgumentException(
                    "a Page-Hinkley test needs delta of at least 0, lambda above 0 and a warm-up of at least 1, got %s, %s and %d"
                            .formatted(tolerance, threshold, warmUp));
        }
    }

    @Override
    public String wireName() {
        return "page_hinkley";
    }

    @Override
    public DetectorState start() {
        return new DetectorState.Hinkley(Moments.NONE, Run.NONE, Run.NONE);
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        DetectorState.Hinkley before =
                state instanceof DetectorState.Hinkley own ? own : (DetectorState.Hinkley) start();
        if (!Double.isFinite(value)) {
            return Verdict.of(before, Level.HELD, value, threshold);
        }
        Moments moments = before.moments().with(value);
        double distance = value - moments.mean();
        Run up = moved(before.up(), distance - tolerance, time);
        Run down = moved(before.down(), -distance - tolerance, time);
        Run larger = larger(up, down);
        double statistic = larger.sum() - larger.least();
        boolean warm = moments.count() >= warmUp;
        if (warm && statistic > threshold) {
            return new Verdict(
                    start(),
                    Level.RAISED,
                    statistic,
                    threshold,
                    true,
                    OptionalLong.of(larger.since()));
        }
        return Verdict.of(
                new DetectorState.Hinkley(moments, up, down),
                warm ? Level.CLEAR : Level.HELD,
                statistic,
                threshold);
    }

    private Run larger(Run up, Run down) {
        if (direction != Direction.BOTH) {
            return direction == Direction.UP ? up : down;
        }
        return up.sum() - up.least() >= down.sum() - down.least() ? up : down;
    }

    private static Run moved(Run before, double by, long time) {
        double sum = before.sum() + by;
        boolean least = sum <= before.least() || before.since() == Long.MIN_VALUE;
        return least ? new Run(sum, sum, time) : new Run(sum, before.least(), before.since());
    }
}
