/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** A real broker at hand, for demos and tests. */
@NullMarked
package io.hookline.kafka.embedded;

import org.jspecify.annotations.NullMarked;
