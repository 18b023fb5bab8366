/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** What goes where on a Flink cluster: the jars of its lib folder, and the job's own jar. */
@NullMarked
package io.hookline.examples.dist;

import org.jspecify.annotations.NullMarked;
