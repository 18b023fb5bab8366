/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor as little-endian bytes of its own type. */
record Packed(ElementType dtype, int[] shape, byte[] bytes) {
    static Packed of(TensorValue.Literal tensor) {
        ByteBuffer out =
                ByteBuffer.allocate(tensor.values().length * tensor.dtype().bytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.values()) {
            put(out, tensor.dtype(), value);
        }
        return new Packed(tensor.dtype(), tensor.shape(), out.array());
    }

    /** Bytes that the shape needs, {@link Long#MAX_VALUE} when it is beyond counting. */
    long neededBytes() {
        long size = dtype.bytes();
        for (int length : shape) {
            size =
                    length != 0 && size > Integer.MAX_VALUE / length
                            ? Long.MAX_VALUE
                            : size * length;
            if (size == Long.MAX_VALUE) {
                return size;
            }
        }
        return size;
    }

    float[] values() {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.length / dtype.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = next(in, dtype);
        }
        return values;
    }

    private static float next(ByteBuffer in, ElementType dtype) {
        return switch (dtype) {
            case FLOAT32 -> in.getFloat();
            case FLOAT16 -> HalfFloats.toFloat(in.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(in.getShort() << 16);
            case FLOAT64 -> (float) in.getDouble();
            case INT8 -> in.get();
            case UINT8 -> in.get() & 0xff;
            case INT32 -> in.getInt();
            case INT64 -> in.getLong();
            case BOOL -> in.get() == 0 ? 0 : 1;
        };
    }

    private static void put(ByteBuffer out, ElementType dtype, float value) {
        switch (dtype) {
            case FLOAT32 -> out.putFloat(value);
            case FLOAT16 -> out.putShort(HalfFloats.ofFloat(value));
            case BFLOAT16 -> out.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            case FLOAT64 -> out.putDouble(value);
            case INT8, UINT8, BOOL -> out.put((byte) (int) value);
            case INT32 -> out.putInt((int) value);
            case INT64 -> out.putLong((long) value);
        }
    }
}
