/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor as little-endian bytes of its own type. */
record Packed(ElementType dtype, int[] shape, byte[] bytes) {
    static Packed of(TensorValue.Literal tensor) {
        byte[] bytes =
                tensor.dtype().isFloat()
                        ? TensorCodec.encode(tensor.values(), tensor.dtype())
                        : integers(tensor);
        return new Packed(tensor.dtype(), tensor.shape(), bytes);
    }

    /** Bytes that the shape needs, {@link Long#MAX_VALUE} when it is beyond counting. */
    long neededBytes() {
        long size = dtype.bytes();
        for (int length : shape) {
            if (length != 0 && size > Integer.MAX_VALUE / length) {
                return Long.MAX_VALUE;
            }
            size *= length;
        }
        return size;
    }

    float[] values() {
        return TensorCodec.decode(ByteBuffer.wrap(bytes), dtype);
    }

    private static byte[] integers(TensorValue.Literal tensor) {
        int size = tensor.values().length * tensor.dtype().bytes();
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.values()) {
            switch (tensor.dtype().bytes()) {
                case Long.BYTES -> out.putLong((long) value);
                case Integer.BYTES -> out.putInt((int) value);
                default -> out.put((byte) (int) value);
            }
        }
        return out.array();
    }
}
