/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Alerts: rules that name signals and a detector, the detectors themselves in plain Java with their
 * state, and what a rule makes of a key's signals. Flink is at the edge, in {@code AlertStream} and
 * {@code alert.internal}.
 */
@NullMarked
package io.hookline.alert;

import org.jspecify.annotations.NullMarked;
