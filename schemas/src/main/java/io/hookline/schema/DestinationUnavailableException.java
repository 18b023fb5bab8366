/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

/** Nothing can be sent to a destination, and no waiting changes that. */
public final class DestinationUnavailableException extends RuntimeException {
    /** Why, in words for whoever sent the event. */
    public DestinationUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
