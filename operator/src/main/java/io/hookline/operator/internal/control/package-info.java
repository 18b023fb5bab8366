/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** What the control topic put, and what of it holds for an event. */
@NullMarked
package io.hookline.operator.internal.control;

import org.jspecify.annotations.NullMarked;
