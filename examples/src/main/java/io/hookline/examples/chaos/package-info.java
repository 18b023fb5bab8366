/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Kills the processes of a running job at random, and counts what its readers see of every event.
 */
@NullMarked
package io.hookline.examples.chaos;

import org.jspecify.annotations.NullMarked;
