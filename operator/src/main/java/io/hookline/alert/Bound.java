/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

/**
 * A limit with hysteresis: what lies strictly beyond it raises, what has come back as far as {@code
 * clear} clears, and what lies between changes nothing. A value that is no number does neither.
 *
 * @param above whether larger values lie beyond it
 * @param limit in the unit of what is compared
 * @param clear on the calm side of the limit, or the limit itself
 */
public record Bound(boolean above, double limit, double clear) {
    public Bound {
        if (!Double.isFinite(limit)
                || !Double.isFinite(clear)
                || (above ? clear > limit : clear < limit)) {
            throw new IllegalArgumentException(
                    "clear must lie on the calm side of %s, got %s".formatted(limit, clear));
        }
    }

    /** A limit without hysteresis that larger values lie beyond. */
    public static Bound above(double limit) {
        return new Bound(true, limit, limit);
    }

    /** A limit without hysteresis that smaller values lie beyond. */
    public static Bound below(double limit) {
        return new Bound(false, limit, limit);
    }

    /** Whether the value lies strictly beyond the limit. */
    boolean isBeyond(double value) {
        return above ? value > limit : value < limit;
    }

    /** What the value says. */
    Level level(double value) {
        if (isBeyond(value)) {
            return Level.RAISED;
        }
        boolean clears = above ? value <= clear : value >= clear;
        return clears ? Level.CLEAR : Level.HELD;
    }
}
