/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Flink's metrics for Prometheus, served where one says and nowhere else: Flink's own reporter
 * listens on every interface of its machine. Counters with labels whose number is bounded.
 */
@NullMarked
package io.hookline.metrics;

import org.jspecify.annotations.NullMarked;
