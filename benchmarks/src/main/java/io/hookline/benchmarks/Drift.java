/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.SplittableRandom;

/**
 * A synthetic signal: normally distributed around 0 with deviation 1, and from some value on
 * disturbed.
 *
 * @param name what is disturbed, as the report calls it
 */
record Drift(String name, Disturbance disturbance) {
    /** What is added to a value. */
    @FunctionalInterface
    interface Disturbance {
        /** What is added to the value that comes so many values after it began, from 0. */
        double at(int since);
    }

    /** The mean moves at once. */
    static Drift shift(double by) {
        return new Drift("shift %.1f".formatted(by), since -> by);
    }

    /** The mean moves by so much with each value. */
    static Drift ramp(double each) {
        return new Drift("ramp %.3f".formatted(each), since -> each * since);
    }

    /** One value alone is off. */
    static Drift spike(double by) {
        return new Drift("one spike %.0f".formatted(by), since -> since == 0 ? by : 0);
    }

    /**
     * The signal.
     *
     * @param calm values before the disturbance
     */
    double[] values(SplittableRandom random, int calm, int disturbed) {
        double[] values = new double[calm + disturbed];
        for (int index = 0; index < values.length; index++) {
            values[index] =
                    random.nextGaussian() + (index < calm ? 0 : disturbance.at(index - calm));
        }
        return values;
    }
}
