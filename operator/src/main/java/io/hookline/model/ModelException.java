/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ErrorCode;

/** A model can't be found, read or understood; says what was looked for and where. */
public final class ModelException extends Exception {
    private final ErrorCode code;

    public ModelException(ErrorCode code, String message) {
        super(message);
        this.code = requireNonNull(code, "code");
    }

    public ModelException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code");
    }

    static ModelException unsupported(String message) {
        return new ModelException(ErrorCode.UNSUPPORTED_MODEL, message);
    }

    /** {@code UNKNOWN_MODEL} when files are missing, else {@code UNSUPPORTED_MODEL}. */
    public ErrorCode code() {
        return code;
    }
}
