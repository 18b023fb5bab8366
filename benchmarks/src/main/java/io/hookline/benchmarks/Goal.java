/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Locale;

/** What a row's ratio should reach, or not exceed. */
record Goal(double value, boolean least) {
    /** A throughput to reach. */
    static Goal atLeast(double value) {
        return new Goal(value, true);
    }

    /** A cost not to exceed. */
    static Goal atMost(double value) {
        return new Goal(value, false);
    }

    /** There is nothing to reach. */
    static Goal none() {
        return new Goal(Double.NaN, true);
    }

    /** Whether there is something to reach. */
    boolean isSet() {
        return !Double.isNaN(value);
    }

    boolean isMetBy(double ratio) {
        return least ? ratio >= value : ratio <= value;
    }

    @Override
    public String toString() {
        if (!isSet()) {
            return "none";
        }
        return String.format(Locale.ROOT, "%s %.3f", least ? "≥" : "≤", value);
    }
}
