/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PolicyMatchTest {
    private static final About ABOUT =
            new About(
                    Optional.empty(),
                    Optional.of("m"),
                    Optional.of("t"),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of("a", "1", "b", "2"));

    @Test
    void nothingGiven_fitsEveryEvent() {
        assertThat(match(Map.of(), "", "", 1).fits(About.nothing(), "id")).isTrue();
    }

    @Test
    void everythingGiven_mustHold() {
        assertThat(match(Map.of("a", "1"), "t", "m", 1).fits(ABOUT, "id")).isTrue();
        assertThat(match(Map.of("a", "2"), "t", "m", 1).fits(ABOUT, "id")).isFalse();
        assertThat(match(Map.of("c", "1"), "t", "m", 1).fits(ABOUT, "id")).isFalse();
        assertThat(match(Map.of("a", "1"), "u", "m", 1).fits(ABOUT, "id")).isFalse();
        assertThat(match(Map.of("a", "1"), "t", "n", 1).fits(ABOUT, "id")).isFalse();
        assertThat(match(Map.of("a", "1"), "t", "m", 0).fits(ABOUT, "id")).isFalse();
        assertThat(match(Map.of(), "t", "", 1).fits(About.nothing(), "id")).isFalse();
    }

    @Test
    void share_isChosenByTheEventsId() {
        PolicyMatch match = match(Map.of(), "", "", 0xba6bd213L / 0x1p32);

        assertThat(match.fits(ABOUT, "test")).isFalse();
        assertThat(match.fits(ABOUT, "")).isTrue();
    }

    private static PolicyMatch match(
            Map<String, String> headers, String tenant, String model, double share) {
        return new PolicyMatch(
                headers,
                Optional.of(tenant).filter(text -> !text.isEmpty()),
                Optional.of(model).filter(text -> !text.isEmpty()),
                OptionalDouble.of(share));
    }
}
