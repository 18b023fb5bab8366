/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** The models that come with Hookline, and what a model's name on a command line means. */
@NullMarked
package io.hookline.examples.models;

import org.jspecify.annotations.NullMarked;
