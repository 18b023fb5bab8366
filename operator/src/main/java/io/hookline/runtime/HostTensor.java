/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor that is fed: its name, type, shape and a direct buffer in the machine's byte order.
 *
 * @param data position 0, limit at its end
 */
public record HostTensor(String name, ElementType dtype, long[] shape, ByteBuffer data) {
    /** Whole numbers. */
    public static HostTensor ofLongs(String name, long[] shape, long[] values) {
        ByteBuffer data = allocate(values.length * Long.BYTES);
        data.asLongBuffer().put(values);
        return checked(new HostTensor(name, ElementType.INT64, shape, data));
    }

    /** Truth values. */
    public static HostTensor ofBooleans(String name, long[] shape, boolean[] values) {
        ByteBuffer data = allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            data.put(i, (byte) (values[i] ? 1 : 0));
        }
        return checked(new HostTensor(name, ElementType.BOOL, shape, data));
    }

    /** Numbers of a floating-point type, rounded to it. */
    public static HostTensor ofFloats(
            String name, ElementType dtype, long[] shape, float[] values) {
        ByteBuffer data = allocate(values.length * dtype.bytes());
        switch (dtype) {
            case FLOAT32 -> data.asFloatBuffer().put(values);
            case FLOAT64 -> {
                for (int i = 0; i < values.length; i++) {
                    data.putDouble(i * Double.BYTES, values[i]);
                }
            }
            case FLOAT16 -> data.put(0, TensorCodec.encode(values, dtype));
            default ->
                    throw new IllegalArgumentException(
                            "no numbers of type " + dtype.wireName() + " can be fed");
        }
        return checked(new HostTensor(name, dtype, shape, data));
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static HostTensor checked(HostTensor tensor) {
        long size = 1;
        for (long length : tensor.shape) {
            size *= length;
        }
        if (size * tensor.dtype.bytes() != tensor.data.capacity()) {
            throw new IllegalArgumentException(
                    "tensor '%s' of shape %s has %d bytes"
                            .formatted(
                                    tensor.name,
                                    Arrays.toString(tensor.shape),
                                    tensor.data.capacity()));
        }
        return tensor;
    }
}
