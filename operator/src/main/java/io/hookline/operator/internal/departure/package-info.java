/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** In which order what arrived leaves again. */
@NullMarked
package io.hookline.operator.internal.departure;

import org.jspecify.annotations.NullMarked;
