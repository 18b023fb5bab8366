/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/**
 * What a piece of work took.
 *
 * @param wall nanoseconds by the clock
 * @param cpu nanoseconds of processor time
 */
record Reading(double wall, double cpu) {
    /** One of so many that took that together. */
    Reading each(int times) {
        return new Reading(wall / times, cpu / times);
    }
}
