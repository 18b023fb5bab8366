/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** What is made of a value {@code [tokens, width]} before it is recorded. */
public sealed interface Reduction {
    /** This reduction with what the function makes of each of its tensors. */
    default Reduction mapTensors(Operation.TensorMapping mapping) {
        return this;
    }

    /** The value itself. */
    record None() implements Reduction {}

    /** The mean over tokens, {@code [width]}. */
    record Mean() implements Reduction {}

    /** The maximum over tokens, {@code [width]}. */
    record Max() implements Reduction {}

    /** The Euclidean norm over the width, {@code [tokens]}. */
    record Norm() implements Reduction {}

    /** The product with a matrix {@code [k, width]}, {@code [tokens, k]}. */
    record Project(TensorValue matrix) implements Reduction {
        @Override
        public Reduction mapTensors(Operation.TensorMapping mapping) {
            return new Project(mapping.map("project", matrix));
        }
    }

    /**
     * The k likeliest tokens by final norm and {@code lm_head}, ids and logits {@code [tokens, k]}.
     */
    record Lens(int k) implements Reduction {}
}
