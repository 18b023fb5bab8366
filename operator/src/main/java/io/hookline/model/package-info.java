/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What the model is: the ONNX graph as data, the exporters' naming conventions, the module tree and
 * its hook points, and what the model's inputs and outputs mean.
 */
@NullMarked
package io.hookline.model;

import org.jspecify.annotations.NullMarked;
