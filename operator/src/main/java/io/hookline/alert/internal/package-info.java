/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Alerts in Flink: signals are routed to the subjects that rules watch, and watched there in keyed
 * state; rules are broadcast to both steps.
 */
@NullMarked
package io.hookline.alert.internal;

import org.jspecify.annotations.NullMarked;
