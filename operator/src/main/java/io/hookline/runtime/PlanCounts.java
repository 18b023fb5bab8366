/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/**
 * How many plans a model has.
 *
 * @param compiled since the model was opened
 * @param compiling right now, or waiting to be
 */
public record PlanCounts(long compiled, long compiling) {
    /** No plans at all. */
    public static final PlanCounts NONE = new PlanCounts(0, 0);
}
