/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Everything on one machine: broker, Flink, a model, and a client that reads the topics back. */
@NullMarked
package io.hookline.examples.quickstart;

import org.jspecify.annotations.NullMarked;
