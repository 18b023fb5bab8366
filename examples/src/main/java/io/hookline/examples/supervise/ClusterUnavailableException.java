/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

/** A cluster that does not answer, where somebody should hear of it at once. */
public final class ClusterUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterUnavailableException(String message) {
        super(message);
    }

    ClusterUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
