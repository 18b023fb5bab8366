/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Checks of the configurations that this module ships. */
@NullMarked
package io.hookline.conf;

import org.jspecify.annotations.NullMarked;
