/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/** One way of doing the work that all variants of a measurement have in common. */
record Variant(String name, Work work) {}
