/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/** What a detector remembers of one key. Immutable. */
public sealed interface DetectorState {
    /** Nothing. */
    record Nothing() implements DetectorState {}

    /** The moments of a z-score. */
    record Spread(Moments moments) implements DetectorState {
        public Spread {
            requireNonNull(moments, "moments");
        }
    }

    /**
     * A moving average.
     *
     * @param baseline what its control limits are measured from
     * @param steps values in the average
     */
    record Average(Moments baseline, double value, long steps) implements DetectorState {
        public Average {
            requireNonNull(baseline, "baseline");
        }
    }

    /** The two sums of a CUSUM. */
    record Sums(Moments baseline, Excess up, Excess down) implements DetectorState {
        public Sums {
            requireNonNull(baseline, "baseline");
            requireNonNull(up, "up");
            requireNonNull(down, "down");
        }
    }

    /** Mean and the two sums of a Page-Hinkley test. */
    record Hinkley(Moments moments, Run up, Run down) implements DetectorState {
        public Hinkley {
            requireNonNull(moments, "moments");
            requireNonNull(up, "up");
            requireNonNull(down, "down");
        }
    }

    /** Event times of the newest values beyond the limit, oldest first. */
    record Times(long[] values) implements DetectorState {
        public Times {
            requireNonNull(values, "values");
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Times that && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return Arrays.toString(values);
        }
    }

    /**
     * The values beyond the limit among the last ones.
     *
     * @param seen values so far
     * @param places which of them, counted from 0, oldest first
     * @param times their event times
     */
    record Hits(long seen, Times places, Times times) implements DetectorState {
        public Hits {
            requireNonNull(places, "places");
            requireNonNull(times, "times");
        }
    }

    /**
     * How far values have gone one way beyond what is allowed.
     *
     * @param since event time at which it was last nothing
     */
    record Excess(double sum, long since) {
        static final Excess NONE = new Excess(0, Long.MIN_VALUE);
    }

    /**
     * A sum of distances and the least that it was.
     *
     * @param since event time at which it was least
     */
    record Run(double sum, double least, long since) {
        static final Run NONE = new Run(0, 0, Long.MIN_VALUE);
    }
}
