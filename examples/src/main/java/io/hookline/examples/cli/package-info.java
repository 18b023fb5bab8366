/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** The command line: programs on models without Flink or Kafka. */
@NullMarked
package io.hookline.examples.cli;

import org.jspecify.annotations.NullMarked;
