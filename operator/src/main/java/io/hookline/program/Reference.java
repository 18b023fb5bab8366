/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.program.TensorValue.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A distribution of activations, ready to measure distances to: h has the Mahalanobis distance
 * {@code |z|}, where {@code x = (h - mean) · scale} and {@code z = x - Σ shrink[i] (x · basis[i])
 * basis[i]}. That way no large numbers cancel, as they would in the textbook's difference of
 * squares. Never changed after it was made.
 *
 * @param mean {@code [width]}
 * @param scale one over the standard deviation of each unit, {@code [width]}
 * @param basis orthonormal directions in which the distribution is wider, {@code [rank][width]}
 * @param shrink how much of x in such a direction is too much, {@code [rank]}
 */
public record Reference(float[] mean, float[] scale, float[][] basis, float[] shrink) {
    /** More is never needed: a sweep of rotations squares what is left of the angles. */
    private static final int SWEEPS = 60;

    private static final double RIGHT_ANGLE = 1e-15;

    /**
     * A distribution of the covariance {@code diag(variance) + factorsᵀ factors}.
     *
     * @param variance a number or {@code [width]}, above 0
     * @param factors {@code [rank, width]}
     */
    static Reference of(Literal mean, Literal variance, Optional<Literal> factors) {
        int width = mean.values().length;
        double[] scale = new double[width];
        Arrays.setAll(
                scale,
                unit -> {
                    float[] values = variance.values();
                    return 1 / Math.sqrt(values[values.length == 1 ? 0 : unit]);
                });
        double[][] rows = factors.map(given -> scaled(given, scale)).orElse(new double[0][]);
        makeOrthogonal(rows);
        List<float[]> basis = new ArrayList<>();
        List<Double> shrink = new ArrayList<>();
        for (double[] row : rows) {
            double square = product(row, row);
            if (square > 0) {
                basis.add(floats(row, 1 / Math.sqrt(square)));
                shrink.add(1 - 1 / Math.sqrt(1 + square));
            }
        }
        return new Reference(
                mean.values(),
                floats(scale, 1),
                basis.toArray(float[][]::new),
                floats(shrink.stream().mapToDouble(Double::doubleValue).toArray(), 1));
    }

    /** The length of an activation. */
    public int width() {
        return mean.length;
    }

    private static double[][] scaled(Literal factors, double[] scale) {
        int width = scale.length;
        double[][] rows = new double[factors.shape()[0]][width];
        for (int row = 0; row < rows.length; row++) {
            for (int unit = 0; unit < width; unit++) {
                rows[row][unit] = factors.values()[row * width + unit] * scale[unit];
            }
        }
        return rows;
    }

    /**
     * Rotates pairs of rows until all are at right angles, which leaves {@code rowsᵀ rows} as it
     * is: the one-sided Jacobi method (Hestenes, "Inversion of matrices by biorthogonalization",
     * 1958).
     */
    private static void makeOrthogonal(double[][] rows) {
        boolean turned = true;
        for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
            turned = false;
            for (int first = 0; first < rows.length; first++) {
                for (int second = first + 1; second < rows.length; second++) {
                    turned |= turn(rows[first], rows[second]);
                }
            }
        }
    }

    private static boolean turn(double[] first, double[] second) {
        double ofFirst = product(first, first);
        double ofSecond = product(second, second);
        double both = product(first, second);
        if (Math.abs(both) <= RIGHT_ANGLE * Math.sqrt(ofFirst * ofSecond)) {
            return false;
        }
        double zeta = (ofSecond - ofFirst) / (2 * both);
        double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
        double cosine = 1 / Math.hypot(1, tangent);
        double sine = cosine * tangent;
        for (int unit = 0; unit < first.length; unit++) {
            double before = first[unit];
            first[unit] = cosine * before - sine * second[unit];
            second[unit] = sine * before + cosine * second[unit];
        }
        return true;
    }

    private static double product(double[] first, double[] second) {
        double sum = 0;
        for (int unit = 0; unit < first.length; unit++) {
            sum += first[unit] * second[unit];
        }
        return sum;
    }

    private static float[] floats(double[] values, double factor) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) (values[i] * factor);
        }
        return floats;
    }
}
