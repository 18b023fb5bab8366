/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Commands for rules and alerts: trying rules on recorded signals, passing alerts on. */
@NullMarked
package io.hookline.examples.alerts;

import org.jspecify.annotations.NullMarked;
