/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hookline.program.Generation;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class SamplerTest {
    private static final int SEEDS = 2_000;
    private static final float[] LOGITS = {1, 3, 2, 3.000001f, 0, 2.000001f};
    private static final float[] ROUNDED = {1, 3.000001f, 2.000001f, 3, 0, 2};

    @Test
    void draws_ofNearlyEqualLogitsInAnotherOrder_areTheSameTokens() {
        for (int seed = 0; seed < SEEDS; seed++) {
            assertThat(drawn(LOGITS, seed, OptionalInt.empty(), OptionalDouble.empty()))
                    .as("seed %d", seed)
                    .isEqualTo(drawn(ROUNDED, seed, OptionalInt.empty(), OptionalDouble.empty()));
            assertThat(drawn(LOGITS, seed, OptionalInt.of(4), OptionalDouble.of(0.95)))
                    .as("seed %d", seed)
                    .isEqualTo(drawn(ROUNDED, seed, OptionalInt.of(4), OptionalDouble.of(0.95)));
        }
    }

    @Test
    void draws_overManySeeds_comeAsOftenAsTheSoftmaxSays() {
        double[] shares = shares(OptionalInt.empty(), OptionalDouble.empty());
        double sum = 0;
        for (float logit : LOGITS) {
            sum += Math.exp(logit);
        }
        for (int token = 0; token < LOGITS.length; token++) {
            assertThat(shares[token]).isCloseTo(Math.exp(LOGITS[token]) / sum, within(0.04));
        }
    }

    @Test
    void topK_two_leavesTheTwoLikeliest() {
        double[] shares = shares(OptionalInt.of(2), OptionalDouble.empty());

        assertThat(shares[1]).isCloseTo(0.5, within(0.04));
        assertThat(shares[3]).isCloseTo(0.5, within(0.04));
    }

    @Test
    void topP_smallerThanTheLikeliest_leavesIt() {
        assertThat(shares(OptionalInt.empty(), OptionalDouble.of(0.01))[3]).isEqualTo(1);
    }

    private static double[] shares(OptionalInt topK, OptionalDouble topP) {
        double[] shares = new double[LOGITS.length];
        for (int seed = 0; seed < SEEDS; seed++) {
            shares[drawn(LOGITS, seed, topK, topP)] += 1.0 / SEEDS;
        }
        for (int token = 0; token < shares.length; token++) {
            shares[token] = Math.round(shares[token] * SEEDS) / (double) SEEDS;
        }
        return shares;
    }

    private static int drawn(float[] logits, long seed, OptionalInt topK, OptionalDouble topP) {
        Generation generation =
                new Generation(8, Optional.empty(), 1, topK, topP, OptionalLong.of(seed));
        return new Sampler(generation, 0).choose(logits);
    }
}
