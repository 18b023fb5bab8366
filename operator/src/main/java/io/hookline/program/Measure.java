/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.program.TensorValue.Literal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a signal makes of an activation h of some width. The graph gives a few scalars of h; the
 * value follows from those, so that h itself never leaves it. {@link ChangeTokens} alone is not
 * about an activation but about what the model makes of all of them.
 */
public sealed interface Measure {
    /** A scalar that is computed where h is. */
    enum Scalar {
        /** The Euclidean norm of h. */
        NORM,
        /** The largest absolute value in h. */
        MAX_ABS,
        /** How many values of h are infinite or no number. */
        NON_FINITE,
        /** The product of h with {@link Measure#vector}. */
        PRODUCT,
        /** The largest values of h, and whose they are. */
        TOP,
        /** How far h is from a {@link Reference}. */
        DISTANCE,
        /** The norm of what the edits at the hook point changed. */
        CHANGE,
        /** The norm of h before those edits. */
        NORM_BEFORE,
        /** The norm of h after them. */
        NORM_AFTER,
        /** The product of both. */
        PRODUCT_OF_BOTH,
        /** The Kullback-Leibler divergence of the next token's distribution from the plain one. */
        DIVERGENCE,
        /** Half the sum of the absolute differences between both distributions. */
        TOTAL_VARIATION
    }

    /** The scalars of one activation. */
    @FunctionalInterface
    interface Scalars {
        /** That scalar. */
        double of(Scalar scalar);
    }

    /** The kind in records and documents, e.g. {@code max_abs}. */
    default String kind() {
        return getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    /** The scalars that the value follows from. */
    Set<Scalar> scalars();

    /** The value. */
    double value(Scalars scalars);

    /** What h of that width is multiplied with, where a product is needed. */
    default Optional<float[]> vector(int width) {
        return Optional.empty();
    }

    /** The width that h must have, where only one will do. */
    default Optional<Integer> width() {
        return Optional.empty();
    }

    /** The field of its document that gives that width. */
    default String widthField() {
        return "kind";
    }

    /** Whether it tells what edits did at their hook point, and is nothing without edits. */
    default boolean isOfChange() {
        return false;
    }

    /** Whether it tells what edits did to the next token, for which the model runs twice. */
    default boolean isOfTokens() {
        return false;
    }

    /** The Euclidean norm. */
    record Norm() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.NORM);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.NORM);
        }
    }

    /** The largest absolute value. */
    record MaxAbs() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.MAX_ABS);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.MAX_ABS);
        }
    }

    /** The mean of the units. */
    record Mean() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.PRODUCT);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.PRODUCT);
        }

        @Override
        public Optional<float[]> vector(int width) {
            float[] weights = new float[width];
            Arrays.fill(weights, 1f / width);
            return Optional.of(weights);
        }
    }

    /** How many units are infinite or no number. */
    record NonFinite() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.NON_FINITE);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.NON_FINITE);
        }
    }

    /** The cosine of the angle to a vector, which is not zero. */
    record Cosine(Literal direction) implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.PRODUCT, Scalar.NORM);
        }

        @Override
        public double value(Scalars scalars) {
            double lengths = scalars.of(Scalar.NORM) * length(direction.values());
            return scalars.of(Scalar.PRODUCT) / lengths;
        }

        @Override
        public Optional<float[]> vector(int width) {
            return Optional.of(direction.values());
        }

        @Override
        public Optional<Integer> width() {
            return Optional.of(direction.values().length);
        }

        @Override
        public String widthField() {
            return "vector";
        }

        private static double length(float[] values) {
            double squares = 0;
            for (float value : values) {
                squares += (double) value * value;
            }
            return Math.sqrt(squares);
        }
    }

    /** A linear read-out: activation(weights · h + bias). */
    record Probe(Literal weights, double bias, Activation activation) implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.PRODUCT);
        }

        @Override
        public double value(Scalars scalars) {
            return activation.of(scalars.of(Scalar.PRODUCT) + bias);
        }

        @Override
        public Optional<float[]> vector(int width) {
            return Optional.of(weights.values());
        }

        @Override
        public Optional<Integer> width() {
            return Optional.of(weights.values().length);
        }

        @Override
        public String widthField() {
            return "weights";
        }
    }

    /** What a probe makes of its sum. */
    enum Activation {
        /** The sum itself. */
        NONE {
            @Override
            double of(double sum) {
                return sum;
            }
        },
        /** A probability. */
        LOGISTIC {
            @Override
            double of(double sum) {
                return 1 / (1 + Math.exp(-sum));
            }
        };

        abstract double of(double sum);

        /** The name in documents. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The k largest units; the value is the largest. */
    record TopUnits(int k) implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.TOP);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.TOP);
        }
    }

    /** The Mahalanobis distance to a distribution. */
    record Distance(Reference reference) implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.DISTANCE);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.DISTANCE);
        }

        @Override
        public Optional<Integer> width() {
            return Optional.of(reference.width());
        }

        @Override
        public String widthField() {
            return "mean";
        }
    }

    /** How long the change is that the edits at the hook point make. */
    record ChangeNorm() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.CHANGE);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.CHANGE);
        }

        @Override
        public boolean isOfChange() {
            return true;
        }
    }

    /** The cosine between the values before and after the edits at the hook point. */
    record ChangeCosine() implements Measure {
        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(Scalar.PRODUCT_OF_BOTH, Scalar.NORM_BEFORE, Scalar.NORM_AFTER);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(Scalar.PRODUCT_OF_BOTH)
                    / (scalars.of(Scalar.NORM_BEFORE) * scalars.of(Scalar.NORM_AFTER));
        }

        @Override
        public boolean isOfChange() {
            return true;
        }
    }

    /** How far the edits move the distribution of the next token. */
    record ChangeTokens(Comparison of) implements Measure {
        /** How distributions are compared. */
        public enum Comparison {
            /** Sum of p ln(p / q), in nats; p with the edits, q without. */
            KL(Scalar.DIVERGENCE),
            /** Half the sum of |p − q|, 0 to 1. */
            TOTAL_VARIATION(Scalar.TOTAL_VARIATION);

            private final Scalar scalar;

            Comparison(Scalar scalar) {
                this.scalar = scalar;
            }
        }

        @Override
        public Set<Scalar> scalars() {
            return EnumSet.of(of.scalar);
        }

        @Override
        public double value(Scalars scalars) {
            return scalars.of(of.scalar);
        }

        @Override
        public boolean isOfTokens() {
            return true;
        }
    }
}
