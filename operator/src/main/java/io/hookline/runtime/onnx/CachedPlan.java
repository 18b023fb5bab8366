/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.RuntimeInferenceException;

/**
 * A compiled plan in ONNX Runtime. Thread-safe. Every run holds it; it is closed when its owner has
 * let go and the last run has ended, since closing a running session would end the process.
 */
interface CachedPlan {
    /** Takes hold of the plan; false when it is closed already. */
    boolean hold();

    /** Lets go of the plan; the last one closes it. */
    void release();

    /** What a run does with the memory that it has worked in. */
    enum Memory {
        /** The next run finds it. */
        KEPT,
        /** Nothing is left of it. */
        GIVEN_BACK
    }

    /**
     * Runs one pass while the caller holds the plan.
     *
     * @param code runs at each cut that the plan has
     */
    PassResult run(PassRequest request, PassInterrupt code, Memory memory)
            throws RuntimeInferenceException;
}
