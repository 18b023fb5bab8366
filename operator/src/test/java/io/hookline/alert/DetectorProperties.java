/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Each detector says of any series what its definition, computed over the whole series, says. */
class DetectorProperties {
    private static final double TINY = 1e-9;

    @Property(tries = 300)
    void moments_ofAnySeries_areThoseOfTwoPasses(@ForAll("series") double[] values) {
        Moments moments = Moments.NONE;
        for (double value : values) {
            moments = moments.with(value);
        }
        assertThat(moments.mean()).isCloseTo(mean(values), within(1e-8));
        assertThat(moments.squares()).isCloseTo(squares(values), within(1e-5));
    }

    /** Weights of 1/memory each time are those of an exponentially weighted mean and variance. */
    @Property(tries = 300)
    void moments_thatFade_areWeightedExponentially(
            @ForAll("series") double[] values, @ForAll @IntRange(min = 2, max = 8) int memory) {
        Moments moments = Moments.NONE;
        double[] weights = new double[values.length];
        for (int last = 0; last < values.length; last++) {
            moments = moments.with(values[last], memory);
            double share = 1.0 / Math.min(last + 1, memory);
            for (int i = 0; i < last; i++) {
                weights[i] *= 1 - share;
            }
            weights[last] = share;
        }
        double mean =
                IntStream.range(0, values.length).mapToDouble(i -> weights[i] * values[i]).sum();
        double variance =
                IntStream.range(0, values.length)
                        .mapToDouble(i -> weights[i] * (values[i] - mean) * (values[i] - mean))
                        .sum();
        assertThat(moments.mean()).isCloseTo(mean, within(1e-8));
        if (values.length > 0) {
            assertThat(moments.squares() / moments.count()).isCloseTo(variance, within(1e-6));
        }
    }

    @Property(tries = 300)
    void ewma_ofAnySeries_isTheWeightedSum(
            @ForAll("series") double[] values,
            @ForAll @DoubleRange(min = 0.05, max = 1) double alpha) {
        Ewma ewma =
                new Ewma(
                        alpha, new Ewma.Limit.Control(3, new Baseline.Given(1, 2), Direction.BOTH));
        List<Verdict> verdicts = Course.of(ewma, values);
        for (int last = 0; last < values.length; last++) {
            double sum = Math.pow(1 - alpha, last + 1);
            double variance = 0;
            for (int i = 0; i <= last; i++) {
                double weight = alpha * Math.pow(1 - alpha, last - i);
                sum += weight * values[i];
                variance += weight * weight * 4;
            }
            assertThat(verdicts.get(last).statistic()).isCloseTo(sum, within(1e-8));
            assertThat(Math.abs(verdicts.get(last).threshold() - 1))
                    .as("three deviations of the weighted sum")
                    .isCloseTo(3 * Math.sqrt(variance), within(1e-8));
        }
    }

    @Property(tries = 300)
    void zscore_withinItsLimit_isTheDistanceFromThoseBefore(@ForAll("series") double[] values) {
        ZScore zscore = new ZScore(1e7, 2, Integer.MAX_VALUE, Direction.BOTH);
        List<Verdict> verdicts = Course.of(zscore, values);
        for (int last = 2; last < values.length; last++) {
            double[] before = Arrays.copyOf(values, last);
            double deviation = Math.sqrt(squares(before) / (last - 1));
            if (deviation > 0.1) {
                assertThat(verdicts.get(last).statistic())
                        .isCloseTo((values[last] - mean(before)) / deviation, within(1e-6));
            }
        }
    }

    /** Page's own form: the largest sum of any run of values that ends now. */
    @Property(tries = 300)
    void cusum_untilItRaises_isTheLargestSumOfARun(@ForAll("series") double[] values) {
        Cusum cusum = new Cusum(0.5, 6, new Baseline.Given(1, 2), Direction.UP);
        List<Verdict> verdicts = Course.of(cusum, values);
        for (int last = 0; last < values.length; last++) {
            double largest = 0;
            double sum = 0;
            for (int from = last; from >= 0; from--) {
                sum += values[from] - 1 - 0.5 * 2;
                largest = Math.max(largest, sum);
            }
            assertThat(verdicts.get(last).statistic()).isCloseTo(largest, within(1e-8));
            boolean raised = largest > 6 * 2;
            assertThat(verdicts.get(last).level() == Level.RAISED).isEqualTo(raised);
            if (raised) {
                return;
            }
        }
    }

    @Property(tries = 300)
    void pageHinkley_untilItRaises_isTheSumLessItsLeast(@ForAll("series") double[] values) {
        PageHinkley hinkley = new PageHinkley(0.1, 8, 3, Direction.UP);
        List<Verdict> verdicts = Course.of(hinkley, values);
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int last = 0; last < values.length; last++) {
            sum += values[last] - mean(Arrays.copyOf(values, last + 1)) - 0.1;
            least = Math.min(least, sum);
            assertThat(verdicts.get(last).statistic()).isCloseTo(sum - least, within(1e-8));
            boolean raised = last >= 2 && verdicts.get(last).statistic() > 8;
            assertThat(verdicts.get(last).level() == Level.RAISED).isEqualTo(raised);
            if (raised) {
                return;
            }
        }
    }

    @Property(tries = 300)
    void rate_ofAnyTimes_countsThoseInTheWindow(
            @ForAll("times") List<Long> times,
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @IntRange(min = 1, max = 40) int window) {
        Rate rate = new Rate(Bound.above(0), count, window);
        DetectorState state = rate.start();
        for (int last = 0; last < times.size(); last++) {
            Verdict verdict = rate.next(state, 1, times.get(last));
            state = verdict.state();
            long end = times.subList(0, last + 1).stream().max(Long::compare).orElseThrow();
            long inside =
                    times.subList(0, last + 1).stream().filter(time -> time > end - window).count();
            assertThat(verdict.statistic()).isEqualTo((double) Math.min(inside, count));
            assertThat(verdict.level() == Level.RAISED).isEqualTo(inside >= count);
        }
    }

    @Property(tries = 300)
    void kOfN_ofAnySeries_countsAmongTheLastN(
            @ForAll("series") double[] values, @ForAll @IntRange(min = 1, max = 9) int n) {
        int k = (n + 1) / 2;
        List<Verdict> verdicts = Course.of(new KOfN(Bound.above(1), k, n), values);
        for (int last = 0; last < values.length; last++) {
            long hits =
                    IntStream.rangeClosed(Math.max(0, last - n + 1), last)
                            .filter(i -> values[i] > 1)
                            .count();
            assertThat(verdicts.get(last).statistic()).isEqualTo((double) hits);
            assertThat(verdicts.get(last).level() == Level.RAISED).isEqualTo(hits >= k);
        }
    }

    @Property(tries = 300)
    void everyDetector_writtenAndReadBetweenValues_saysTheSame(
            @ForAll("series") double[] values, @ForAll("detectors") Detector detector) {
        assertThat(Course.throughBytes(detector, values)).isEqualTo(Course.of(detector, values));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    private static double squares(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    }

    @Provide
    Arbitrary<double[]> series() {
        return Arbitraries.doubles()
                .between(-20, 20)
                .ofScale(3)
                .array(double[].class)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<Long>> times() {
        return Arbitraries.longs().between(0, 200).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<Detector> detectors() {
        Baseline learnt = new Baseline.Learnt(3);
        return Arbitraries.of(
                new Threshold(new Bound(true, 5, 2)),
                new Ewma(0.3, new Ewma.Limit.Fixed(Bound.below(-1))),
                new Ewma(0.3, new Ewma.Limit.Control(1, learnt, Direction.DOWN)),
                new ZScore(2, 3, 10, Direction.BOTH),
                new Cusum(0.5, 2, learnt, Direction.BOTH),
                new PageHinkley(0.1, 8, 3, Direction.BOTH),
                new Rate(Bound.above(0), 3, 5000),
                new KOfN(Bound.above(TINY), 3, 7));
    }
}
