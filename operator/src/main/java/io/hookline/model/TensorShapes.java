/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.schema.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Type and shape of every tensor in a graph whose shape could be inferred.
 *
 * @param tensors by name
 */
public record TensorShapes(Map<String, TensorShape> tensors) {
    public TensorShapes {
        tensors = Map.copyOf(tensors);
    }

    /** Type and shape of that tensor; empty when they could not be inferred. */
    public Optional<TensorShape> of(String tensor) {
        return Optional.ofNullable(tensors.get(tensor));
    }

    /** Type and shape of one tensor. */
    public record TensorShape(ElementType dtype, List<Dimension> dimensions) {
        public TensorShape {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** One axis. */
    public sealed interface Dimension {
        /** The same length whatever is fed. */
        record Fixed(long length) implements Dimension {}

        /** A length that follows from what is fed. */
        record Varies(Extent extent) implements Dimension {}
    }

    /** What a varying axis counts. */
    public enum Extent {
        BATCH,
        /** New tokens of this forward pass. */
        TOKENS,
        /** Tokens in the KV cache. */
        PAST,
        /** Past and new tokens. */
        KEYS,
        /** Batch × tokens. */
        ROWS,
        OTHER
    }
}
