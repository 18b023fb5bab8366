/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * Everything that an event came to.
 *
 * @param cause why it is a dead letter; empty when it is none
 * @param generated the new tokens by invocation
 * @param envelopes in the order in which they leave
 */
public record Outputs(Optional<ErrorCode> cause, List<int[]> generated, List<Envelope> envelopes) {
    public Outputs {
        generated = List.copyOf(generated);
        envelopes = List.copyOf(envelopes);
    }

    /** A dead letter. */
    static Outputs deadLetter(ErrorCode cause, Envelope letter) {
        return new Outputs(Optional.of(cause), List.of(), List.of(letter));
    }

    /** Whether it is a dead letter. */
    boolean failed() {
        return cause.isPresent();
    }
}
