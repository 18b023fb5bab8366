/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** What is made of a value {@code [tokens, width]} before it is recorded. */
public sealed interface Reduction {
    /** Its name in programs and records. */
    String wireName();

    /** This reduction with what the function makes of each of its tensors. */
    default Reduction mapTensors(Operation.TensorMapping mapping) {
        return this;
    }

    /** The value itself. */
    record None() implements Reduction {
        @Override
        public String wireName() {
            return "none";
        }
    }

    /** The mean over tokens, {@code [width]}. */
    record Mean() implements Reduction {
        @Override
        public String wireName() {
            return "mean";
        }
    }

    /** The maximum over tokens, {@code [width]}. */
    record Max() implements Reduction {
        @Override
        public String wireName() {
            return "max";
        }
    }

    /** The Euclidean norm over the width, {@code [tokens]}. */
    record Norm() implements Reduction {
        @Override
        public String wireName() {
            return "norm";
        }
    }

    /** The product with a matrix {@code [k, width]}, {@code [tokens, k]}. */
    record Project(TensorValue matrix) implements Reduction {
        @Override
        public String wireName() {
            return "project";
        }

        @Override
        public Reduction mapTensors(Operation.TensorMapping mapping) {
            return new Project(mapping.map("project", matrix));
        }
    }

    /**
     * The k likeliest tokens by final norm and {@code lm_head}, ids and logits {@code [tokens, k]}.
     */
    record Lens(int k) implements Reduction {
        @Override
        public String wireName() {
            return "lens";
        }
    }
}
