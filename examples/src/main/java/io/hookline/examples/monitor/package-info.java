/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * The monitor page: reads the topics as any client, keeps a bounded part of what it saw, and serves
 * it to a browser on this machine.
 */
@NullMarked
package io.hookline.examples.monitor;

import org.jspecify.annotations.NullMarked;
