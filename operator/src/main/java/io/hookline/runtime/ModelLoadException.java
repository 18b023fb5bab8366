/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ErrorCode;

/** A model could not be opened; says why in words for whoever named it. */
public final class ModelLoadException extends Exception {
    private final ErrorCode code;

    public ModelLoadException(ErrorCode code, String message) {
        super(message);
        this.code = requireNonNull(code, "code");
    }

    public ModelLoadException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code");
    }

    /** {@code UNSUPPORTED_MODEL}, {@code UNKNOWN_MODEL} or {@code DEVICE_UNAVAILABLE}. */
    public ErrorCode code() {
        return code;
    }
}
