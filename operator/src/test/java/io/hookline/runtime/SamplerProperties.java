/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.program.Generation;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class SamplerProperties {
    private static Generation generation(
            double temperature, OptionalInt topK, OptionalDouble topP, long seed) {
        return new Generation(1, Optional.empty(), temperature, topK, topP, OptionalLong.of(seed));
    }

    private static Generation hot(long seed) {
        return generation(2, OptionalInt.empty(), OptionalDouble.empty(), seed);
    }

    private static float[] logits(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[50];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    /** How many tokens have a larger logit. */
    private static long rank(float[] logits, int token) {
        int rank = 0;
        for (float other : logits) {
            rank += other > logits[token] ? 1 : 0;
        }
        return rank;
    }

    private static int[] drawn(Sampler sampler, float[] logits) {
        int[] drawn = new int[40];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = sampler.choose(logits);
        }
        return drawn;
    }

    @Property(tries = 100)
    void choose_atTemperatureZero_isTheLikeliest(@ForAll long seed) {
        float[] logits = logits(seed);
        Sampler greedy =
                new Sampler(generation(0, OptionalInt.of(9), OptionalDouble.of(0.9), seed), 3);
        assertThat(rank(logits, greedy.choose(logits))).isZero();
    }

    @Example
    void choose_amongEqual_isTheFirst() {
        assertThat(Sampler.likeliest(new float[] {1, 3, 3, 2})).isEqualTo(1);
    }

    @Property(tries = 100)
    void choose_withTheSameSeed_isTheSameAgain(@ForAll long seed) {
        float[] logits = logits(seed);
        int[] once = drawn(new Sampler(hot(seed), 0), logits);
        assertThat(drawn(new Sampler(hot(seed), 0), logits)).isEqualTo(once);
        assertThat(Arrays.stream(once).distinct().count()).isGreaterThan(1);
        assertThat(drawn(new Sampler(hot(seed), 1), logits)).isNotEqualTo(once);
        assertThat(drawn(new Sampler(hot(seed + 1), 0), logits)).isNotEqualTo(once);
    }

    @Property(tries = 100)
    void choose_withTopK_isAmongTheLikeliestK(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int k) {
        float[] logits = logits(seed);
        Generation generation = generation(50, OptionalInt.of(k), OptionalDouble.empty(), seed);
        int[] drawn = drawn(new Sampler(generation, 0), logits);
        assertThat(Arrays.stream(drawn).mapToLong(token -> rank(logits, token)).max().orElseThrow())
                .isLessThan(k);
        assertThat(Arrays.stream(drawn).distinct().count()).isGreaterThan(k > 2 ? 1 : 0);
    }

    /** What is likelier than a drawn token does not make up the share already. */
    @Property(tries = 100)
    void choose_withTopP_isInTheNucleus(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 99) int percent) {
        float[] logits = logits(seed);
        Generation generation =
                generation(1.5, OptionalInt.empty(), OptionalDouble.of(percent / 100.0), seed);
        for (int token : drawn(new Sampler(generation, 0), logits)) {
            double sum = 0;
            double likelier = 0;
            for (float other : logits) {
                double weight = Math.exp(other / 1.5);
                sum += weight;
                likelier += other > logits[token] ? weight : 0;
            }
            assertThat(likelier / sum).isLessThan(percent / 100.0 + 1e-9);
        }
    }

    @Example
    void choose_often_followsTheSoftmax() {
        float[] logits = {0, (float) Math.log(3)};
        Sampler sampler =
                new Sampler(generation(1, OptionalInt.empty(), OptionalDouble.empty(), 7), 0);
        int ones = 0;
        for (int i = 0; i < 20_000; i++) {
            ones += sampler.choose(logits);
        }
        assertThat(ones / 20_000.0).isCloseTo(0.75, org.assertj.core.api.Assertions.within(0.02));
    }
}
