/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** The main job: prompt events and control events in, results and activations out. */
@NullMarked
package io.hookline.examples.job;

import org.jspecify.annotations.NullMarked;
