/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.program.Generation;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses the next token: the likeliest at temperature 0, else drawn from the softmax of what top-k
 * and then top-p leave. The same seed draws the same tokens, whatever else is in the batch.
 */
public final class Sampler {
    private final Generation generation;
    private final SplittableRandom random;

    /**
     * @param row the invocation's index, so that invocations of one program draw independently
     */
    public Sampler(Generation generation, int row) {
        this.generation = generation;
        this.random = new SplittableRandom(generation.seed().orElse(0) * 31 + row);
    }

    /** The next token id after logits over the vocabulary. */
    public int choose(float[] logits) {
        return generation.temperature() == 0 ? likeliest(logits) : drawn(logits);
    }

    /** The first of the largest. */
    static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    private int drawn(float[] logits) {
        Integer[] tokens = new Integer[logits.length];
        Arrays.setAll(tokens, token -> token);
        Arrays.sort(tokens, (a, b) -> Float.compare(logits[b], logits[a]));
        int kept = Math.min(generation.topK().orElse(tokens.length), tokens.length);
        double[] weights = new double[kept];
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            weights[i] =
                    Math.exp((logits[tokens[i]] - logits[tokens[0]]) / generation.temperature());
            sum += weights[i];
        }
        double nucleus = nucleus(weights, sum * generation.topP().orElse(1));
        double at = random.nextDouble() * nucleus;
        for (int i = 0; i < kept; i++) {
            at -= weights[i];
            if (at < 0) {
                return tokens[i];
            }
        }
        return tokens[0];
    }

    /** The weight of the fewest likeliest tokens that together reach the limit. */
    private static double nucleus(double[] weights, double limit) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
            if (sum >= limit) {
                return sum;
            }
        }
        return sum;
    }
}
