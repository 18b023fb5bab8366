/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Readers of the topics that are not Hookline. */
package io.hookline.examples.consumers;
