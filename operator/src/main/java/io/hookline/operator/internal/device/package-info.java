/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** The GPUs of a TaskManager, shared out among its slots. */
@NullMarked
package io.hookline.operator.internal.device;

import org.jspecify.annotations.NullMarked;
