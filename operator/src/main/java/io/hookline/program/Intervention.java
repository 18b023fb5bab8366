/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One edit at the hook points that {@code at} names.
 *
 * @param at a module path or glob and, after the last dot, the io
 * @param pointer where it stands in its document, e.g. {@code /invocations/0/interventions/1}
 */
public record Intervention(
        String at,
        Operation operation,
        StepSelector steps,
        TokenSelector tokens,
        UnitSelector units,
        Optional<String> name,
        String pointer) {
    public Intervention {
        requireNonNull(at, "at");
        requireNonNull(operation, "operation");
        requireNonNull(steps, "steps");
        requireNonNull(tokens, "tokens");
        requireNonNull(units, "units");
        requireNonNull(name, "name");
        requireNonNull(pointer, "pointer");
    }

    /** The same edit with another operation. */
    public Intervention with(Operation other) {
        return new Intervention(at, other, steps, tokens, units, name, pointer);
    }

    /** The same edit, standing elsewhere. */
    public Intervention movedTo(String otherPointer) {
        return new Intervention(at, operation, steps, tokens, units, name, otherPointer);
    }
}
