/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * A standalone Flink cluster on this machine: JobManager, TaskManagers and ZooKeeper as processes
 * of their own, from the jars of the build, reachable from this machine only.
 */
@NullMarked
package io.hookline.examples.cluster;

import org.jspecify.annotations.NullMarked;
