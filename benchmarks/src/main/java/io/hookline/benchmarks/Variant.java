/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/**
 * One way of doing the work that all variants of a measurement have in common.
 *
 * @param times how often the work is done at a time; what it takes is divided by that
 */
record Variant(String name, Work work, int times) {
    Variant(String name, Work work) {
        this(name, work, 1);
    }
}
