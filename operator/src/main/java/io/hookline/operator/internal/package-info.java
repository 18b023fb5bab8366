/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * The operator itself: the way of an event from arrival to departure, its models, its outputs, and
 * what of it is kept in state. What it is made of besides lies in packages of its own below this
 * one, which know nothing of it. Policy is plain Java; only wiring knows Flink.
 */
@NullMarked
package io.hookline.operator.internal;

import org.jspecify.annotations.NullMarked;
