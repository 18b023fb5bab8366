/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.Envelope;
import java.util.List;

/**
 * Everything that an event came to.
 *
 * @param failed whether it is a dead letter
 * @param generated the new tokens by invocation
 * @param envelopes in the order in which they leave
 */
record Outputs(boolean failed, List<int[]> generated, List<Envelope> envelopes) {
    Outputs {
        generated = List.copyOf(generated);
        envelopes = List.copyOf(envelopes);
    }

    /** A dead letter. */
    static Outputs deadLetter(Envelope letter) {
        return new Outputs(true, List.of(), List.of(letter));
    }
}
