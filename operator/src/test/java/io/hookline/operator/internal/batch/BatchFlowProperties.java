/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.InvocationSettings.Batching;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** How a batcher learns from the past. */
class BatchFlowProperties {
    private static Batching batching(int maxSize, Optional<Duration> target) {
        return new Batching(maxSize, Duration.ofMillis(10), target, 0);
    }

    @Property
    void target_ofAModelWhoseTimeGrowsWithSize_keepsToItsTimeAndUsesIt(
            @ForAll @IntRange(min = 1, max = 64) int maxSize,
            @ForAll @IntRange(min = 1, max = 40) int perEvent,
            @ForAll @IntRange(min = 1, max = 400) int allowed) {
        BatchFlow flow = new BatchFlow(batching(maxSize, Optional.of(Duration.ofMillis(allowed))));
        for (int i = 0; i < 40; i++) {
            assertThat(flow.target()).isBetween(1, maxSize);
            flow.ran(flow.target(), (long) flow.target() * perEvent);
        }
        int possible = Math.max(1, Math.min(maxSize, allowed / perEvent));
        assertThat(flow.target())
                .as("at most what fits, and no less than a quarter of it")
                .isBetween(Math.max(1, possible / 4), possible);
    }

    @Property
    void target_whenLargeBatchesBecomeFast_growsToTheMost(
            @ForAll @IntRange(min = 1, max = 64) int maxSize) {
        BatchFlow flow = new BatchFlow(batching(maxSize, Optional.of(Duration.ofMillis(10))));
        flow.ran(maxSize, 10_000);
        assertThat(flow.target()).isEqualTo(1);
        for (int i = 0; i < 40; i++) {
            flow.ran(flow.target(), 1);
        }
        assertThat(flow.target()).isEqualTo(maxSize);
    }

    @Example
    void target_withoutATime_isTheMostWhateverHappens() {
        BatchFlow flow = new BatchFlow(batching(8, Optional.empty()));
        flow.ran(8, 100_000);
        assertThat(flow.target()).isEqualTo(8);
    }

    @Example
    void events_farApart_areNotWaitedFor_burstsAre() {
        BatchFlow flow = new BatchFlow(batching(8, Optional.empty()));
        assertThat(flow.isExpected(10)).as("nothing is known").isTrue();
        long now = 0;
        for (int i = 0; i < 10; i++) {
            now += 1_000;
            flow.arrived(now);
        }
        assertThat(flow.isExpected(now + 10)).isFalse();
        for (int i = 0; i < 8; i++) {
            now += 1;
            flow.arrived(now);
        }
        assertThat(flow.isExpected(now + 10)).isTrue();
    }
}
