/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What is asked: a program's invocations, interventions, cache policies, generation and stop as
 * immutable data, and reading it from JSON and Avro with every problem named by its JSON pointer.
 */
@NullMarked
package io.hookline.program;

import org.jspecify.annotations.NullMarked;
