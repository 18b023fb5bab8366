/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

/** What a signal is like when all is well. */
public sealed interface Baseline {
    /** What is known before the first value. */
    Moments start();

    /** Whether that is enough to judge by. */
    boolean isKnown(Moments moments);

    /** Mean and standard deviation are given by the rule. */
    record Given(double mean, double deviation) implements Baseline {
        public Given {
            if (!Double.isFinite(mean) || !(deviation > 0) || Double.isInfinite(deviation)) {
                throw new IllegalArgumentException(
                        "a baseline needs a finite mean and a deviation above 0, got %s and %s"
                                .formatted(mean, deviation));
            }
        }

        @Override
        public Moments start() {
            return Moments.known(mean, deviation);
        }

        @Override
        public boolean isKnown(Moments moments) {
            return true;
        }
    }

    /**
     * They are those of the first values at the key, and stay.
     *
     * @param warmUp how many, at least 2
     */
    record Learnt(int warmUp) implements Baseline {
        public Learnt {
            if (warmUp < 2) {
                throw new IllegalArgumentException(
                        "a warm-up takes at least 2 values, got " + warmUp);
            }
        }

        @Override
        public Moments start() {
            return Moments.NONE;
        }

        @Override
        public boolean isKnown(Moments moments) {
            return moments.count() >= warmUp;
        }
    }
}
