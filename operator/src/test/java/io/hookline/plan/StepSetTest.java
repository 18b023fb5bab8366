/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StepSetTest {
    @Test
    void upTo_step_keepsWhatIsNotLater() {
        StepSet steps = StepSet.of(0, 2, 5);
        assertThat(steps.upTo(2)).isEqualTo(StepSet.of(0, 2));
        assertThat(steps.upTo(9)).isEqualTo(steps);
        assertThat(steps.upTo(-1).isEmpty()).isTrue();
        assertThat(steps.contains(5)).isTrue();
    }

    @Test
    void without_others_keepsTheRest() {
        StepSet left = StepSet.of(0, 1, 2).without(StepSet.of(1, 7));
        assertThat(left).isEqualTo(StepSet.of(0, 2)).hasSameHashCodeAs(StepSet.of(2, 0));
        assertThat(left.first()).isZero();
        assertThat(left.last()).isEqualTo(2);
        assertThat(StepSet.of().first()).isEqualTo(-1);
        assertThat(StepSet.of().last()).isEqualTo(-1);
    }

    @Test
    void shapes_ofSteps_areTheFirstAndTheFirstLater() {
        assertThat(StepSet.of(0, 1, 2).shapes(false)).containsExactly(0, 1);
        assertThat(StepSet.of(0, 3, 4).shapes(false)).containsExactly(0, 3);
        assertThat(StepSet.of(2, 3).shapes(false)).containsExactly(2);
        assertThat(StepSet.of(0, 2, 3).shapes(true)).containsExactly(0, 2, 3);
        assertThat(StepSet.of().shapes(false)).isEmpty();
    }

    @Test
    void intersects_commonStep_only() {
        assertThat(StepSet.of(1, 2).intersects(StepSet.of(2, 3))).isTrue();
        assertThat(StepSet.of(1, 2).intersects(StepSet.of(0, 3))).isFalse();
    }
}
