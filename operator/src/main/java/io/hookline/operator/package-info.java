/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * The Flink operator as users meet it: the stream that turns events into envelopes, its options,
 * and the type of its output.
 */
@NullMarked
package io.hookline.operator;

import org.jspecify.annotations.NullMarked;
