/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What Hookline costs, as ratios within one run: variants of the same work take turns, and the
 * median over the rounds counts.
 */
@NullMarked
package io.hookline.benchmarks;

import org.jspecify.annotations.NullMarked;
