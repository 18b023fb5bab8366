/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.program.Measure;
import io.hookline.program.Measure.Scalar;

/**
 * How far two distributions of the next token are apart, each the softmax of logits.
 *
 * @param divergence of the first from the second, in nats
 * @param variation half the sum of their absolute differences
 */
record NextTokenChange(double divergence, double variation) implements Measure.Scalars {
    /**
     * Compares two distributions.
     *
     * @param edited logits of the first
     * @param plain logits of the second, as many
     */
    static NextTokenChange between(float[] edited, float[] plain) {
        double ofEdited = logSum(edited);
        double ofPlain = logSum(plain);
        double divergence = 0;
        double differences = 0;
        for (int token = 0; token < edited.length; token++) {
            double p = edited[token] - ofEdited;
            double q = plain[token] - ofPlain;
            double chance = Math.exp(p);
            // A token that can't come adds nothing, however unlikely it was without edits.
            divergence += chance == 0 ? 0 : chance * (p - q);
            differences += Math.abs(chance - Math.exp(q));
        }
        // Rounding may leave a little less than nothing.
        return new NextTokenChange(divergence < 0 ? 0 : divergence, differences / 2);
    }

    /** The logarithm of the sum of exponentials, without overflow. */
    private static double logSum(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float each : logits) {
            largest = Math.max(largest, each);
        }
        double sum = 0;
        for (float each : logits) {
            sum += Math.exp(each - largest);
        }
        return largest + Math.log(sum);
    }

    @Override
    public double of(Scalar scalar) {
        return switch (scalar) {
            case DIVERGENCE -> divergence;
            case TOTAL_VARIATION -> variation;
            default -> throw new IllegalArgumentException(scalar + " is not about tokens");
        };
    }
}
