/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Kafka at both ends of the job: sources of events and control, the exactly-once envelope sink, and
 * the topics that it writes.
 */
@NullMarked
package io.hookline.kafka;

import org.jspecify.annotations.NullMarked;
