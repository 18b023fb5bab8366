/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static io.hookline.alert.Level.CLEAR;
import static io.hookline.alert.Level.HELD;
import static io.hookline.alert.Level.RAISED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Detectors against worked examples in print, and at their edges. */
class DetectorTest {
    /**
     * Thirty samples, the last ten around a mean that has moved from 10 to 11: Montgomery,
     * "Introduction to statistical quality control", table 9.1.
     */
    private static final double[] MONTGOMERY = {
        9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40,
        10.08, 9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38,
        11.62, 11.31, 10.52
    };

    private static final Baseline TEN_AND_ONE = new Baseline.Given(10, 1);

    @Test
    void cusum_ofMontgomerysExample_signalsAtSample29AndDatesTheShift() {
        Cusum cusum = new Cusum(0.5, 5, TEN_AND_ONE, Direction.BOTH);
        List<Verdict> verdicts = Course.of(cusum, MONTGOMERY);
        assertThat(Course.firstRaised(cusum, MONTGOMERY)).isEqualTo(28);
        assertThat(verdicts.get(28).statistic()).isCloseTo(5.28, within(0.005));
        assertThat(verdicts.get(28).threshold()).isEqualTo(5);
        assertThat(verdicts.get(28).since())
                .as("seven samples above: the shift came between samples 22 and 23")
                .hasValue(Course.time(22));
    }

    @Test
    void ewma_ofMontgomerysExample_crossesItsLimitAtSample29() {
        Ewma ewma = new Ewma(0.1, new Ewma.Limit.Control(2.7, TEN_AND_ONE, Direction.BOTH));
        List<Verdict> verdicts = Course.of(ewma, MONTGOMERY);
        assertThat(Course.firstRaised(ewma, MONTGOMERY)).isEqualTo(28);
        assertThat(verdicts.get(0).statistic()).isCloseTo(9.945, within(5e-4));
        assertThat(verdicts.get(0).threshold()).as("the first limit").isCloseTo(9.73, within(1e-9));
        assertThat(verdicts.get(1).statistic()).isCloseTo(9.7495, within(5e-5));
        assertThat(verdicts.get(27).statistic()).isCloseTo(10.5731, within(5e-4));
        assertThat(verdicts.get(28).statistic()).isCloseTo(10.6468, within(5e-4));
        assertThat(verdicts.get(29).threshold())
                .as("the last limit")
                .isCloseTo(10.62, within(0.01));
    }

    @Test
    void threshold_withHysteresis_clearsOnlyBelowItsClearValue() {
        Threshold threshold = new Threshold(new Bound(true, 0.9, 0.7));
        assertThat(Course.levels(threshold, 0.5, 0.9, 0.91, 0.8, 0.7, 0.8))
                .containsExactly(CLEAR, HELD, RAISED, HELD, CLEAR, HELD);
    }

    @Test
    void threshold_below_raisesForSmallValues() {
        assertThat(Course.levels(new Threshold(Bound.below(1)), 1, 0.9, 1))
                .containsExactly(CLEAR, RAISED, CLEAR);
    }

    @Test
    void threshold_ofInfinity_raises() {
        assertThat(Course.levels(new Threshold(Bound.above(1)), Double.POSITIVE_INFINITY))
                .containsExactly(RAISED);
    }

    @Test
    void everyDetector_ofNoNumber_neitherRaisesNorClears() {
        List<Detector> detectors =
                List.of(
                        new Threshold(Bound.above(1)),
                        new Ewma(0.5, new Ewma.Limit.Fixed(Bound.above(1))),
                        new Ewma(
                                0.5,
                                new Ewma.Limit.Control(
                                        3, new Baseline.Given(0, 1), Direction.BOTH)),
                        new ZScore(3, 2, 100, Direction.BOTH),
                        new Cusum(0.5, 5, new Baseline.Given(0, 1), Direction.BOTH),
                        new PageHinkley(0, 5, 1, Direction.BOTH));
        for (Detector detector : detectors) {
            Verdict verdict = detector.next(detector.start(), Double.NaN, 0);
            assertThat(verdict.level()).as(detector.wireName()).isEqualTo(HELD);
            assertThat(verdict.state()).as(detector.wireName()).isEqualTo(detector.start());
        }
    }

    @Test
    void everyDetector_withAnothersState_beginsAnew() {
        DetectorState other = new ZScore(3, 2, 100, Direction.BOTH).start();
        assertThat(new KOfN(Bound.above(0), 1, 2).next(other, 1, 0).level()).isEqualTo(RAISED);
        assertThat(new Rate(Bound.above(0), 1, 10).next(other, 1, 0).level()).isEqualTo(RAISED);
        assertThat(
                        new Ewma(0.5, new Ewma.Limit.Fixed(Bound.above(0)))
                                .next(other, 1, 0)
                                .statistic())
                .isEqualTo(1);
    }

    @Test
    void ewma_withALimitOfItsOwn_smoothsASpikeAway() {
        Ewma ewma = new Ewma(0.2, new Ewma.Limit.Fixed(Bound.above(0.5)));
        assertThat(Course.levels(ewma, 0, 1, 0, 0)).doesNotContain(RAISED);
        assertThat(Course.firstRaised(ewma, 0, 1, 1, 1, 1, 1)).isEqualTo(4);
    }

    @Test
    void zscore_duringItsWarmUp_saysNothing() {
        ZScore zscore = new ZScore(3, 4, 100, Direction.BOTH);
        assertThat(Course.levels(zscore, 1, 2, 1, 100, 2))
                .containsExactly(HELD, HELD, HELD, HELD, CLEAR);
    }

    @Test
    void zscore_ofAnOutlier_isNotSpoiltByIt() {
        ZScore zscore = new ZScore(3, 4, 100, Direction.BOTH);
        assertThat(Course.levels(zscore, 1, 2, 1, 2, 50, 50, -50)).endsWith(RAISED, RAISED, RAISED);
    }

    @Test
    void zscore_ofAnythingButAConstant_isFarAway() {
        Verdict last = Course.of(new ZScore(3, 3, 100, Direction.UP), 0, 0, 0, 1e-9).get(3);
        assertThat(last.level()).isEqualTo(RAISED);
        assertThat(last.statistic()).isEqualTo(1e6);
    }

    @Test
    void zscore_ofOneDirection_overlooksTheOther() {
        assertThat(Course.levels(new ZScore(3, 3, 100, Direction.UP), 0, 1, 0, -9)).endsWith(CLEAR);
    }

    @Test
    void cusum_afterAShiftIsOver_clearsAboutAsFastAsItRaised() {
        double[] values = new double[40];
        Arrays.fill(values, 0, 30, 2);
        List<Level> levels =
                Course.levels(new Cusum(0.5, 5, new Baseline.Given(0, 1), Direction.BOTH), values);
        assertThat(levels.indexOf(RAISED)).isEqualTo(3);
        assertThat(levels.subList(3, 30)).containsOnly(RAISED);
        assertThat(levels.indexOf(CLEAR)).isEqualTo(39);
    }

    @Test
    void pageHinkley_afterAChange_takesTheNewMeanForGranted() {
        double[] values = new double[100];
        Arrays.fill(values, 50, 100, 1);
        List<Level> levels = Course.levels(new PageHinkley(0.05, 3, 10, Direction.UP), values);
        int raised = levels.indexOf(RAISED);
        assertThat(raised).isBetween(52, 55);
        assertThat(levels.subList(raised + 1, raised + 10)).containsOnly(HELD);
        assertThat(levels.subList(raised + 10, 100)).containsOnly(CLEAR);
    }

    @Test
    void rate_asTheWindowSlides_isClearWithoutAnotherValue() {
        Rate rate = new Rate(Bound.above(0), 2, 1000);
        Verdict first = rate.next(rate.start(), 1, 100);
        Verdict second = rate.next(first.state(), 1, 600);
        assertThat(List.of(first.level(), second.level())).containsExactly(CLEAR, RAISED);
        assertThat(rate.due(second.state())).isEqualTo(OptionalLong.of(1100));
        assertThat(rate.at(second.state(), 1099).level()).isEqualTo(RAISED);
        assertThat(rate.at(second.state(), 1100).level()).isEqualTo(CLEAR);
    }

    @Test
    void rate_ofALateValue_countsItWhereItBelongs() {
        Rate rate = new Rate(Bound.above(0), 3, 1000);
        DetectorState state = rate.start();
        state = rate.next(state, 1, 2000).state();
        state = rate.next(state, 1, 1900).state();
        assertThat(rate.next(state, 1, 500).level()).as("too late").isEqualTo(CLEAR);
        Verdict enough = rate.next(state, 1, 1500);
        assertThat(enough.level()).isEqualTo(RAISED);
        assertThat(enough.since()).hasValue(1500);
    }
}
