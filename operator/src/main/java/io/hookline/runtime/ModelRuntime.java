/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import java.util.List;

/**
 * A loaded model that plans and runs programs. Thread-safe; closing waits for the runs in progress.
 */
public interface ModelRuntime extends ModelPlanner {
    /**
     * Runs traces together and returns their outcomes in the same order. Traces whose {@link
     * PlannedTrace#lengthClass} is equal share forward passes; others may be given together, too.
     *
     * @throws RuntimeInferenceException when the run failed as a whole and says nothing about which
     *     trace is to blame
     */
    List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException;

    /**
     * The same with captures that may lie in memory which the model writes to again when it is
     * given back: they are valid until that memory is closed, and what is wanted of them later has
     * to be copied.
     */
    default List<TraceOutcome> run(List<PlannedTrace> batch, CaptureMemory memory)
            throws RuntimeInferenceException {
        return run(batch);
    }

    /**
     * Whether traces of different lengths may share forward passes with padding behind the shorter
     * ones: each then comes to what it comes to alone, within rounding. Found out by trying, of
     * models that generate no text.
     */
    default boolean pads() {
        return false;
    }

    /**
     * Runs the traces whose plans are compiled; those of the others are compiled beside whatever
     * runs, and the traces have not begun. A trace that has begun goes on to its end.
     *
     * @param padding that a pass may have when this {@linkplain #pads pads}, as a share of its
     *     positions
     * @throws RuntimeInferenceException when the run failed as a whole, compiling included
     */
    default Turns attempt(List<PlannedTrace> batch, double padding)
            throws RuntimeInferenceException {
        return Turns.ended(run(batch));
    }

    /** The same with captures as {@link #run(List, CaptureMemory)} gives them. */
    default Turns attempt(List<PlannedTrace> batch, double padding, CaptureMemory memory)
            throws RuntimeInferenceException {
        return attempt(batch, padding);
    }

    /** Whether a trace can be part of a decoding; others can be {@linkplain #run run} alone. */
    default boolean decodes(PlannedTrace trace) {
        return false;
    }

    /**
     * A decoding without traces, to be closed before the runtime.
     *
     * @param maxAttempts how often what fails alone is tried
     * @throws UnsupportedOperationException when no trace can be part of one
     */
    default Decoding decoding(int maxAttempts) {
        throw new UnsupportedOperationException(
                "model '%s' has no decodings".formatted(info().name()));
    }

    /** What it takes now. */
    default Footprint footprint() {
        return Footprint.NONE;
    }

    /** Its plans. */
    default PlanCounts plans() {
        return PlanCounts.NONE;
    }

    /** Runs single passes; usable until the runtime is closed, and by any number of threads. */
    PassEngine passes();
}
