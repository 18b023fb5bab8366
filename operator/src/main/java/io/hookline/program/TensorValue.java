/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ElementType;
import java.util.Arrays;
import java.util.Objects;

/** A tensor in a program: a literal, or the name of a vector that is kept elsewhere. */
public sealed interface TensorValue {
    /** A vector by name; resolved before a program is planned. */
    record Ref(String name) implements TensorValue {
        public Ref {
            requireNonNull(name, "name");
        }
    }

    /**
     * Numbers in row-major order. Never changed after it was made.
     *
     * @param dtype the type that the document gave; values are float32 whatever it was
     * @param shape empty for a scalar
     */
    record Literal(ElementType dtype, int[] shape, float[] values) implements TensorValue {
        public Literal {
            requireNonNull(dtype, "dtype");
            long size = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
            if (size != values.length) {
                throw new IllegalArgumentException(
                        "shape %s needs %d values, got %d"
                                .formatted(Arrays.toString(shape), size, values.length));
            }
        }

        /** A scalar, which broadcasts to any shape. */
        public static Literal scalar(float value) {
            return new Literal(ElementType.FLOAT32, new int[0], new float[] {value});
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Literal that
                    && dtype == that.dtype
                    && Arrays.equals(shape, that.shape)
                    && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return Objects.hash(dtype, Arrays.hashCode(shape), Arrays.hashCode(values));
        }

        @Override
        public String toString() {
            return dtype.wireName() + Arrays.toString(shape);
        }
    }
}
