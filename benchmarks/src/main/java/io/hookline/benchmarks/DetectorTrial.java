/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.alert.Detector;
import io.hookline.alert.DetectorState;
import io.hookline.alert.Level;
import io.hookline.alert.Verdict;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One detector shown many synthetic signals.
 *
 * @param name the detector and its parameters, as the report calls it
 */
record DetectorTrial(String name, Detector detector) {
    private static final int CALM = 500;
    private static final int DISTURBED = 1000;
    private static final int SECOND = 1000;

    /**
     * How a detector took a drift.
     *
     * @param median values from the drift on until it raised, the one that raised included, in the
     *     median of the trials that found it
     * @param slowest the same for the slowest twentieth
     * @param missed share of trials in which it did not raise
     */
    record Delay(double median, double slowest, double missed) {}

    /** Alarms that begin in each 10,000 values of a signal that nothing disturbs. */
    double falseAlarms(int values, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DetectorState state = detector.start();
        boolean firing = false;
        int alarms = 0;
        for (int index = 0; index < values; index++) {
            Verdict verdict = detector.next(state, random.nextGaussian(), (long) index * SECOND);
            state = verdict.state();
            alarms += verdict.level() == Level.RAISED && !firing ? 1 : 0;
            firing = verdict.level() == Level.RAISED || (firing && verdict.level() == Level.HELD);
        }
        return 10_000.0 * alarms / values;
    }

    /** How long it takes to see a drift, in so many trials. */
    Delay delay(Drift drift, int trials, long seed) {
        int[] delays = new int[trials];
        SplittableRandom random = new SplittableRandom(seed);
        for (int trial = 0; trial < trials; trial++) {
            delays[trial] = delay(drift.values(random.split(), CALM, DISTURBED));
        }
        int[] found = Arrays.stream(delays).filter(delay -> delay > 0).sorted().toArray();
        double missed = 1 - (double) found.length / trials;
        return found.length == 0
                ? new Delay(Double.NaN, Double.NaN, missed)
                : new Delay(
                        found[found.length / 2],
                        found[Math.min(found.length - 1, found.length * 19 / 20)],
                        missed);
    }

    /**
     * Values until it raised after the drift, 0 for never; what it raised before does not count.
     */
    private int delay(double[] values) {
        DetectorState state = detector.start();
        boolean firing = false;
        for (int index = 0; index < values.length; index++) {
            Verdict verdict = detector.next(state, values[index], (long) index * SECOND);
            state = verdict.state();
            if (index >= CALM && verdict.level() == Level.RAISED && !firing) {
                return index - CALM + 1;
            }
            firing = verdict.level() == Level.RAISED || (firing && verdict.level() == Level.HELD);
        }
        return 0;
    }
}
