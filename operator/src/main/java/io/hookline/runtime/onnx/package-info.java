/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/** ONNX Runtime, and nothing else of the project touches it. */
@NullMarked
package io.hookline.runtime.onnx;

import org.jspecify.annotations.NullMarked;
