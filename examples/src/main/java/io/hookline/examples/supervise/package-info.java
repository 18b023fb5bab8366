/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Watching over a job from outside its cluster: when the cluster has lost it, it is submitted again
 * from its newest complete checkpoint.
 */
@NullMarked
package io.hookline.examples.supervise;

import org.jspecify.annotations.NullMarked;
