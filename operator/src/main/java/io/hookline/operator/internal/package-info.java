/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What the operator is made of: batching, output order, in-flight and control state, devices,
 * metrics. Policy is plain Java; only wiring knows Flink.
 */
@NullMarked
package io.hookline.operator.internal;

import org.jspecify.annotations.NullMarked;
