/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.onnx.CachedPlan.Memory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecentPlansTest {
    private static final PlanKey A = key(LogitsTap.LAST, false);
    private static final PlanKey B = key(LogitsTap.LAST, true);
    private static final PlanKey C = key(LogitsTap.ALL, true);
    private static final PlanKey D = key(LogitsTap.ALL, false);

    private final RecentPlans recent = new RecentPlans(2, 1);

    private static PlanKey key(LogitsTap logits, boolean continues) {
        return new PlanKey(new Structure(List.of(), List.of(), logits, continues), List.of());
    }

    @Test
    void plan_thatRunsAgainSoon_keepsItsMemory() {
        assertThat(recent.use(A).memory()).isEqualTo(Memory.GIVEN_BACK);
        assertThat(recent.use(B).memory()).isEqualTo(Memory.GIVEN_BACK);
        assertThat(recent.use(A).memory()).isEqualTo(Memory.KEPT);
        assertThat(recent.use(A).memory()).isEqualTo(Memory.KEPT);
        assertThat(recent.use(B).memory()).isEqualTo(Memory.KEPT);
    }

    @Test
    void plan_thatHasKeptItsMemory_staysOpenWhileFewRest() {
        recent.use(A);
        recent.use(A);
        assertThat(recent.use(B).idle()).isEmpty();
        assertThat(recent.use(C).idle()).isEmpty();
        assertThat(recent.use(A).memory()).isEqualTo(Memory.GIVEN_BACK);
    }

    @Test
    void plan_thatHasRestedForLongest_isNamedWhenTooManyDo() {
        for (PlanKey key : List.of(A, A, B, B, C)) {
            assertThat(recent.use(key).idle()).isEmpty();
        }
        assertThat(recent.use(D).idle()).contains(A);
    }

    @Test
    void plan_thatRunsAgain_restsNoLonger() {
        for (PlanKey key : List.of(A, A, B, B, C, A)) {
            assertThat(recent.use(key).idle()).isEmpty();
        }
        assertThat(recent.use(D).idle()).isEmpty();
    }

    @Test
    void plans_inTurnThatAreTooMany_keepNothingAndStayOpen() {
        for (int turn = 0; turn < 3; turn++) {
            for (PlanKey key : List.of(A, B, C)) {
                RecentPlans.Use use = recent.use(key);
                assertThat(use.memory()).isEqualTo(Memory.GIVEN_BACK);
                assertThat(use.idle()).isEmpty();
            }
        }
    }
}
