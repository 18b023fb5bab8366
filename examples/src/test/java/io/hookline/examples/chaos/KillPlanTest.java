/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class KillPlanTest {
    @Test
    void plan_ofTheSameSeed_isTheSame() {
        assertThat(KillPlan.of(20, 7)).isEqualTo(KillPlan.of(20, 7));
        assertThat(KillPlan.of(20, 7)).isNotEqualTo(KillPlan.of(20, 8));
    }

    @Test
    void outage_ofAKill_isTheBrokersAlone() {
        Duration minute = Duration.ofMinutes(1);
        for (KillPlan.Kill kill : KillPlan.of(4, 3)) {
            KillPlan.Kill longer = kill.withOutage(minute);
            if (kill.victim() instanceof Victim.Broker) {
                assertThat(longer.down()).isEqualTo(minute);
                assertThat(longer.withOutage(Duration.ZERO)).isEqualTo(longer);
            } else {
                assertThat(longer).isEqualTo(kill);
            }
        }
    }

    @Test
    void plan_ofFourKills_sparesNobody() {
        assertThat(KillPlan.of(4, 3))
                .extracting(KillPlan.Kill::victim)
                .containsExactlyInAnyOrder(
                        new Victim.JobManager(),
                        new Victim.TaskManager(0),
                        new Victim.TaskManager(1),
                        new Victim.Broker());
    }
}
