/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** A single-node Kafka broker for demos and tests, run as a process of its own. */
@NullMarked
package io.hookline.broker;

import org.jspecify.annotations.NullMarked;
