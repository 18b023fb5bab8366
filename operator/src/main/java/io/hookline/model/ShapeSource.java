/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.ModelProto;

/** Tells types and shapes of a model's tensors without its weights and without computing. */
@FunctionalInterface
public interface ShapeSource {
    /**
     * Types and shapes of every tensor of the main graph whose type could be inferred.
     *
     * @throws ModelException when the model isn't valid
     */
    TensorShapes shapes(ModelProto model) throws ModelException;
}
