/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an outcome calls exact. */
final class OutcomeTest {
    private static final Outcome.Activations EXACT = new Outcome.Activations(40, 0, 0);

    @Test
    void outcome_whereEveryEventEndedOnce_isExact() {
        Outcome outcome = new Outcome(2, 10, 10, 0, EXACT, Duration.ofMillis(1_500));

        assertThat(outcome.isExact()).isTrue();
        assertThat(outcome.json())
                .isEqualTo(
                        "{\"kills\":2,\"events\":10,\"results\":10,\"lost\":0,\"duplicated\":0,\"activations\":40,"
                                + "\"activationsLost\":0,\"activationsDuplicated\":0,\"longestGapSeconds\":1.5}");
    }

    @Test
    void outcome_thatLacksOrRepeatsAnything_isNotExact() {
        Duration gap = Duration.ZERO;
        assertThat(new Outcome(2, 10, 9, 0, EXACT, gap).isExact()).isFalse();
        assertThat(new Outcome(2, 10, 9, 0, EXACT, gap).lost()).isEqualTo(1);
        assertThat(new Outcome(2, 10, 11, 0, EXACT, gap).isExact()).isFalse();
        assertThat(new Outcome(2, 10, 10, 1, EXACT, gap).isExact()).isFalse();
        assertThat(new Outcome(2, 10, 10, 0, new Outcome.Activations(40, 1, 0), gap).isExact())
                .isFalse();
        assertThat(new Outcome(2, 10, 10, 0, new Outcome.Activations(40, 0, 1), gap).isExact())
                .isFalse();
    }
}
