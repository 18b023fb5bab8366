/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoundsTest {
    @Test
    void measure_twoVariants_takeTurnsInEveryRound() throws Exception {
        List<String> ran = new ArrayList<>();
        Effort effort = new Effort(new Effort.Span(1, 1, 0), new Effort.Span(3, 9, 0), 1, 1);

        Rounds rounds =
                Rounds.measure(
                        List.of(
                                new Variant("a", () -> ran.add("a")),
                                new Variant("b", () -> ran.add("b"))),
                        new Stopwatch(1),
                        effort);

        assertThat(ran).hasSize(8);
        for (int round = 0; round < ran.size(); round += 2) {
            assertThat(ran.subList(round, round + 2)).containsExactlyInAnyOrder("a", "b");
        }
        assertThat(rounds.wall("a", "a")).isEqualTo(1);
    }

    @Test
    void median_evenNumber_isBetweenTheMiddleTwo() {
        assertThat(Rounds.median(new double[] {9, 1, 3, 2})).isEqualTo(2.5);
    }

    @Test
    void row_throughputAndTime_areInverse() throws Exception {
        Effort effort = new Effort(new Effort.Span(0, 0, 0), new Effort.Span(1, 1, 0), 1, 1);
        Work slow = () -> spin(20_000_000);
        Work fast = () -> spin(100_000);
        Case throughput = Case.throughput("slow", slow, "fast", 1);
        Case time = Case.time("slow", slow, "fast", 1);

        Rounds rounds =
                Rounds.measure(
                        List.of(throughput.variant(), Case.reference("fast", fast).variant()),
                        new Stopwatch(1),
                        effort);

        Row more = throughput.row(rounds).orElseThrow();
        Row less = time.row(rounds).orElseThrow();
        assertThat(more.cpuRatio()).isLessThan(1);
        assertThat(less.cpuRatio() * more.cpuRatio()).isBetween(0.999, 1.001);
        assertThat(more.goal().isMetBy(more.cpuRatio())).isFalse();
    }

    private static void spin(int nanoseconds) {
        long until = System.nanoTime() + nanoseconds;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
