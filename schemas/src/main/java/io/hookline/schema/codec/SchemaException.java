/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import org.jspecify.annotations.Nullable;

/** Bytes are not what they should be; the message says what was found and what was expected. */
public final class SchemaException extends Exception {
    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
