/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/** A batch could not be run: the engine refused, or there was not enough memory. */
public final class RuntimeInferenceException extends Exception {
    private final boolean outOfMemory;

    public RuntimeInferenceException(String message, Throwable cause, boolean outOfMemory) {
        super(message, cause);
        this.outOfMemory = outOfMemory;
    }

    /** Memory outside ONNX Runtime ran out: the heap, or that of direct buffers. */
    public static RuntimeInferenceException of(OutOfMemoryError error) {
        return new RuntimeInferenceException(String.valueOf(error.getMessage()), error, true);
    }

    /** Whether a smaller batch may succeed. */
    public boolean isOutOfMemory() {
        return outOfMemory;
    }
}
