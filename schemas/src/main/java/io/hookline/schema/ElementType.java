/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The type of a tensor's elements, by numpy's name, little-endian wherever it is bytes. */
public enum ElementType {
    FLOAT32(4),
    FLOAT16(2),
    /** As its raw 16 bits. */
    BFLOAT16(2),
    FLOAT64(8),
    INT8(1),
    UINT8(1),
    INT32(4),
    INT64(8),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes that one element takes. */
    public int bytes() {
        return bytes;
    }

    /** The name in schemas and programs, e.g. {@code float16}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of that wire name, or empty when there is none. */
    public static Optional<ElementType> named(String wireName) {
        return Arrays.stream(values()).filter(type -> type.wireName().equals(wireName)).findFirst();
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT16 || this == BFLOAT16 || this == FLOAT64;
    }
}
