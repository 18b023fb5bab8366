/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static java.util.Objects.requireNonNull;

import io.hookline.program.SignalDefinition;
import java.util.Optional;

/**
 * A signal that is to be measured, beside what the program asks for.
 *
 * @param version of its definition, the offset in the control topic; empty for one that the job
 *     brings itself
 */
public record SignalRequest(SignalDefinition definition, Optional<Long> version) {
    public SignalRequest {
        requireNonNull(definition, "definition");
        requireNonNull(version, "version");
    }
}
