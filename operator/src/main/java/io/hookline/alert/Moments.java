/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

/**
 * Mean and spread of values seen one by one (B. P. Welford, "Note on a method for calculating
 * corrected sums of squares and products", Technometrics 4, 1962). With a bounded memory older
 * values fade: from then on each new one weighs {@code 1 / memory} (T. Finch, "Incremental
 * calculation of weighted mean and variance", 2009, section 9).
 *
 * @param count how many values the mean stands for
 * @param squares sum of squared distances from the mean
 */
public record Moments(long count, double mean, double squares) {
    /** A spread below that share of the mean is the noise of float32. */
    private static final double NOISE = 1e-6;

    /** No value yet. */
    static final Moments NONE = new Moments(0, 0, 0);

    /** What is known without having seen a value. */
    static Moments known(double mean, double deviation) {
        return new Moments(2, mean, deviation * deviation);
    }

    /** With one value more. */
    Moments with(double value, long memory) {
        boolean fades = count >= memory;
        long size = fades ? memory : count + 1;
        double distance = value - mean;
        double moved = mean + distance / size;
        double kept = fades ? squares * (1 - 1.0 / size) : squares;
        return new Moments(size, moved, kept + distance * (value - moved));
    }

    /** With one value more, and none forgotten. */
    Moments with(double value) {
        return with(value, Long.MAX_VALUE);
    }

    /** The sample's standard deviation, never less than what float32 can tell apart. */
    double deviation() {
        double sample = count < 2 ? 0 : Math.sqrt(squares / (count - 1));
        return Math.max(sample, NOISE * Math.abs(mean));
    }
}
