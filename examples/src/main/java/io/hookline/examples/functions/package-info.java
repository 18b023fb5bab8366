/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** Intervention functions that programs call by name, where a job allows it. */
@NullMarked
package io.hookline.examples.functions;

import org.jspecify.annotations.NullMarked;
