/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Probes and steering vectors from labelled prompts: fitted, judged, written as control events. */
@NullMarked
package io.hookline.examples.probe;

import org.jspecify.annotations.NullMarked;
