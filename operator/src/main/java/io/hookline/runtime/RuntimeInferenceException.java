/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/** A batch could not be run: the engine refused, or ran out of native memory. */
public final class RuntimeInferenceException extends Exception {
    private final boolean outOfMemory;

    public RuntimeInferenceException(String message, Throwable cause, boolean outOfMemory) {
        super(message, cause);
        this.outOfMemory = outOfMemory;
    }

    /** Whether a smaller batch may succeed. */
    public boolean isOutOfMemory() {
        return outOfMemory;
    }
}
