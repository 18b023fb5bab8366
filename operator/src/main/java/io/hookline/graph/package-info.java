/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * How the graph becomes what a plan needs: pins, taps, gated edits, slices. Bytes in, bytes out.
 */
@NullMarked
package io.hookline.graph;

import org.jspecify.annotations.NullMarked;
