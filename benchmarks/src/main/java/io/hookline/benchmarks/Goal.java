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

    boolean isMetBy(double ratio) {
        return least ? ratio >= value : ratio <= value;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.3f", least ? "≥" : "≤", value);
    }
}
