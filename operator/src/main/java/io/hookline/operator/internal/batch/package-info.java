/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** What runs together, and when it is due. */
@NullMarked
package io.hookline.operator.internal.batch;

import org.jspecify.annotations.NullMarked;
