/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final Around TWO = new Around(2, 1, 100, Optional.empty());

    @Test
    void ring_withMoreEventsThanAsked_forgetsTheOldest() {
        Ring ring = Ring.EMPTY;
        for (String event : new String[] {"a", "a", "b", "c", "d"}) {
            ring = ring.with(event, 10).within(TWO);
        }
        assertThat(ring.first()).isEqualTo(2);
        assertThat(ring.next()).isEqualTo(5);
        assertThat(ring.bytes()).isEqualTo(30);
    }

    @Test
    void ring_withMoreBytesThanAllowed_forgetsTheOldest() {
        Ring ring = Ring.EMPTY.with("a", 60).within(TWO).with("b", 60).within(TWO);
        assertThat(ring.first()).isEqualTo(1);
        assertThat(ring.bytes()).isEqualTo(60);
        assertThat(ring.with("c", 101).within(TWO).bytes()).isZero();
    }

    @Test
    void alert_ofAnEventInTheRing_takesItAndThoseBefore() {
        Ring ring = Ring.EMPTY.with("a", 1).with("b", 1).with("c", 1).with("d", 1);
        assertThat(ring.leavesFrom("d", TWO)).as("d, and c and b before it").isEqualTo(1);
        assertThat(ring.leavesFrom("e", TWO)).as("e has not come yet").isEqualTo(2);
        Ring left = ring.left(1, "d", TWO);
        assertThat(left.next()).isEqualTo(1);
        assertThat(left.passes("d")).isTrue();
        assertThat(left.passes("e")).as("one may follow").isTrue();
        Ring after = left.passed("e");
        assertThat(after.passes("e")).as("with all of its records").isTrue();
        assertThat(after.passes("f")).isFalse();
    }

    @Test
    void alert_withLittleRoom_takesTheNewestThatFit() {
        Ring ring = Ring.EMPTY.with("a", 60).with("b", 60);
        assertThat(ring.leavesFrom("b", TWO)).isEqualTo(1);
    }
}
