/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.Objects;

/** A trace, or a request inside one, that can't be served. */
public class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    /** A refusal with its code. */
    public TraceException(ErrorCode code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** A refusal with its code and what caused it. */
    public TraceException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** What kind of error it is. */
    public ErrorCode code() {
        return code;
    }
}
