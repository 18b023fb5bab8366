/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ErrorCode;

/**
 * One thing that is wrong with a program.
 *
 * @param pointer JSON pointer of the deepest wrong value, empty for the whole document
 */
public record Problem(ErrorCode code, String pointer, String message) {
    public Problem {
        requireNonNull(code, "code");
        requireNonNull(pointer, "pointer");
        requireNonNull(message, "message");
    }
}
