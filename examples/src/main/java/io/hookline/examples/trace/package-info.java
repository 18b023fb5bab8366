/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** The tracer from plain Java, one runnable class for each task. */
@NullMarked
package io.hookline.examples.trace;

import org.jspecify.annotations.NullMarked;
