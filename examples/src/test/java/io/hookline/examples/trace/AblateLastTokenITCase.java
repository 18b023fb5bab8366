/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.models.HooklineHome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of the README does what it says. */
final class AblateLastTokenITCase {
    private static final Path MODEL =
            HooklineHome.find().root().resolve("examples/models/ticketlm");

    @Test
    void next_withoutTheBlockForTheLastToken_isAnother() throws Exception {
        assertThat(AblateLastToken.next(MODEL, true))
                .isBetween(0, 1023)
                .isNotEqualTo(AblateLastToken.next(MODEL, false));
    }
}
