/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Bytes per second for activation records, and what became of those that did not fit. */
@NullMarked
package io.hookline.operator.internal.budget;

import org.jspecify.annotations.NullMarked;
