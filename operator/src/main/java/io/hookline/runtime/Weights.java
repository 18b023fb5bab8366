/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How precise a model's weights are while it runs. Activations are never touched. */
public enum Weights {
    /** As the model file has them. */
    AS_STORED,
    /**
     * Float32 matrices of products as 8-bit whole numbers, 32 of which share a scale: a quarter of
     * the size and faster, at a small cost in accuracy. Hook points stay where they are.
     */
    INT8;

    /** As options name it, e.g. {@code int8}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The precision of that name, empty when there is none. */
    public static Optional<Weights> named(String wireName) {
        return Arrays.stream(values())
                .filter(weights -> weights.wireName().equals(wireName))
                .findFirst();
    }
}
