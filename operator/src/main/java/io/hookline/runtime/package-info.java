/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Running plans: model runtimes and their pool, batches of planned traces, generation, captures.
 * Tensors that live outside the heap have exactly one owner here and never leave.
 */
@NullMarked
package io.hookline.runtime;

import org.jspecify.annotations.NullMarked;
