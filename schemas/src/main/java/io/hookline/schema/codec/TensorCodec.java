/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.ElementType;
import io.hookline.schema.TensorPayload;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Numbers to a tensor's little-endian bytes and back. */
public final class TensorCodec {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private TensorCodec() {}

    /**
     * The values as elements of a floating-point type, each rounded to the nearest, ties to even.
     *
     * @throws IllegalArgumentException when the type is not a floating-point one
     */
    public static byte[] encode(float[] values, ElementType type) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, type.bytes())];
        switch (type) {
            case FLOAT32 -> little(bytes).asFloatBuffer().put(values);
            case FLOAT64 -> doubles(values, little(bytes));
            case FLOAT16 -> toFloat16s(values, bytes);
            case BFLOAT16 -> toBfloat16s(values, bytes);
            default ->
                    throw new IllegalArgumentException(
                            "expected a floating-point type, got '%s'".formatted(type.wireName()));
        }
        return bytes;
    }

    /** The values as int32 elements. */
    public static byte[] encode(int[] values) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, Integer.BYTES)];
        little(bytes).asIntBuffer().put(values);
        return bytes;
    }

    /**
     * The elements from the buffer's position to its limit, as floats; of float64 and integers the
     * nearest float. The buffer stays as it is.
     *
     * @throws IllegalArgumentException when the bytes are no whole number of elements
     */
    public static float[] decode(ByteBuffer data, ElementType type) {
        if (data.remaining() % type.bytes() != 0) {
            throw new IllegalArgumentException(
                    "expected elements of %d bytes, got %d bytes"
                            .formatted(type.bytes(), data.remaining()));
        }
        ByteBuffer in = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[in.remaining() / type.bytes()];
        switch (type) {
            case FLOAT32 -> in.asFloatBuffer().get(values);
            case FLOAT16 -> fromFloat16s(in, values);
            case BFLOAT16 -> fromBfloat16s(in, values);
            default -> numbers(in, values, type);
        }
        return values;
    }

    /**
     * A payload of these values.
     *
     * @param shape size of each axis
     * @throws IllegalArgumentException when the shape needs another number of values, or the type
     *     is not a floating-point one
     */
    public static TensorPayload payload(float[] values, int[] shape, ElementType type) {
        long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        if (size != values.length) {
            throw new IllegalArgumentException(
                    "shape %s needs %d values, got %d"
                            .formatted(Arrays.toString(shape), size, values.length));
        }
        return payload(encode(values, type), shape, type);
    }

    /** A payload of these bytes, which are taken as they are. */
    public static TensorPayload payload(byte[] data, int[] shape, ElementType type) {
        return payload(ByteBuffer.wrap(data), shape, type);
    }

    /** A payload of the bytes from the buffer's position to its limit, which are not copied. */
    public static TensorPayload payload(ByteBuffer data, int[] shape, ElementType type) {
        return TensorPayload.newBuilder()
                .setDtype(type.wireName())
                .setShape(boxed(shape))
                .setData(data)
                .build();
    }

    private static List<Long> boxed(int[] shape) {
        Long[] axes = new Long[shape.length];
        for (int axis = 0; axis < axes.length; axis++) {
            axes[axis] = (long) shape[axis];
        }
        return List.of(axes);
    }

    /**
     * The values of a whole payload, as {@link #decode} gives them.
     *
     * @throws SchemaException when its type is unknown or its bytes do not fill its shape
     */
    public static float[] floats(TensorPayload payload) throws SchemaException {
        ElementType type = type(payload);
        long expected = byteSize(payload.getShape(), type);
        if (expected != payload.getData().remaining()) {
            throw new SchemaException(
                    "expected %d bytes for %s%s, found %d"
                            .formatted(
                                    expected,
                                    type.wireName(),
                                    payload.getShape(),
                                    payload.getData().remaining()));
        }
        return decode(payload.getData(), type);
    }

    /**
     * The payload's element type.
     *
     * @throws SchemaException when there is none of that name
     */
    public static ElementType type(TensorPayload payload) throws SchemaException {
        return ElementType.named(payload.getDtype())
                .orElseThrow(
                        () ->
                                new SchemaException(
                                        "no element type '%s', there are %s"
                                                .formatted(
                                                        payload.getDtype(),
                                                        Arrays.stream(ElementType.values())
                                                                .map(ElementType::wireName)
                                                                .toList())));
    }

    /** Bytes of a tensor, or -1 when there can be no tensor of that shape. */
    static long byteSize(List<Long> shape, ElementType type) {
        long size = type.bytes();
        for (long axis : shape) {
            if (axis < 0 || (axis > 0 && size > Long.MAX_VALUE / axis)) {
                return -1;
            }
            size *= axis;
        }
        return size;
    }

    private static void toFloat16s(float[] values, byte[] bytes) {
        for (int i = 0; i < values.length; i++) {
            SHORTS.set(bytes, i << 1, HalfFloats.toFloat16(values[i]));
        }
    }

    private static void toBfloat16s(float[] values, byte[] bytes) {
        for (int i = 0; i < values.length; i++) {
            SHORTS.set(bytes, i << 1, HalfFloats.toBfloat16(values[i]));
        }
    }

    private static void fromFloat16s(ByteBuffer in, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfFloats.fromFloat16(in.getShort(i << 1));
        }
    }

    private static void fromBfloat16s(ByteBuffer in, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfFloats.fromBfloat16(in.getShort(i << 1));
        }
    }

    private static void numbers(ByteBuffer in, float[] values, ElementType type) {
        for (int i = 0; i < values.length; i++) {
            values[i] = number(in, i, type);
        }
    }

    private static float number(ByteBuffer in, int i, ElementType type) {
        return switch (type) {
            case FLOAT64 -> (float) in.getDouble(i * Double.BYTES);
            case INT8 -> in.get(i);
            case UINT8, BOOL -> in.get(i) & 0xff;
            case INT32 -> in.getInt(i * Integer.BYTES);
            case INT64 -> in.getLong(i * Long.BYTES);
            default -> throw new IllegalStateException("'%s' has its own loop".formatted(type));
        };
    }

    private static void doubles(float[] values, ByteBuffer into) {
        for (float value : values) {
            into.putDouble(value);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
