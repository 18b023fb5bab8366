/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.program.Generation;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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

    /**
     * Adds up in the order of ids: rounding may change the order of logits, never much of a sum.
     */
    private int drawn(float[] logits) {
        double[] weights = weights(logits);
        int[] kept = kept(weights);
        double sum = 0;
        for (int token : kept) {
            sum += weights[token];
        }
        double at = random.nextDouble() * sum;
        for (int token : kept) {
            at -= weights[token];
            if (at < 0) {
                return token;
            }
        }
        return likeliest(logits);
    }

    /** By token; the likeliest has 1. */
    private double[] weights(float[] logits) {
        float most = logits[likeliest(logits)];
        double[] weights = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            weights[token] = Math.exp((logits[token] - most) / generation.temperature());
        }
        return weights;
    }

    /** What top-k and then top-p leave, in the order of ids. */
    private int[] kept(double[] weights) {
        if (generation.topK().isEmpty() && generation.topP().isEmpty()) {
            return IntStream.range(0, weights.length).toArray();
        }
        int most = Math.min(generation.topK().orElse(weights.length), weights.length);
        int[] tokens =
                IntStream.range(0, weights.length)
                        .boxed()
                        .sorted((a, b) -> Double.compare(weights[b], weights[a]))
                        .limit(most)
                        .mapToInt(token -> token)
                        .toArray();
        int[] kept = Arrays.copyOf(tokens, nucleus(weights, tokens));
        Arrays.sort(kept);
        return kept;
    }

    /** How many of the likeliest tokens together reach top-p of what they all weigh. */
    private int nucleus(double[] weights, int[] tokens) {
        double limit = 0;
        for (int token : tokens) {
            limit += weights[token];
        }
        limit *= generation.topP().orElse(1);
        double sum = 0;
        for (int count = 0; count < tokens.length; count++) {
            sum += weights[tokens[count]];
            if (sum >= limit) {
                return count + 1;
            }
        }
        return tokens.length;
    }
}
