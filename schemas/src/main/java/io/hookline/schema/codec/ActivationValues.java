/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The numbers of activation records, however they were narrowed. */
public final class ActivationValues {
    private static final int LARGEST_INT8 = 127;

    /** The sign of each of four elements of 16 bits, and what is not their sign. */
    private static final long SIGNS = 0x8000_8000_8000_8000L;

    private static final long SIZES = ~SIGNS;

    /** Bytes that are looked at together. */
    private static final int BLOCK = 4 * Long.BYTES;

    private ActivationValues() {}

    /**
     * The numbers of a whole record, in the order of its elements.
     *
     * @throws SchemaException when its type is unknown or its bytes do not fill its shape
     */
    public static float[] of(ActivationRecord record) throws SchemaException {
        float[] values = TensorCodec.floats(record.getTensor());
        double scale = record.getScale().orElse(1.0);
        if (scale != 1.0) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (values[i] * scale);
            }
        }
        return values;
    }

    /**
     * Numbers as whole ones of 8 bits.
     *
     * @param scale a number is its element times this
     * @param data one byte for each number
     */
    public record Scaled(double scale, byte[] data) {
        /** How far a number may be off, beside what float32 can't tell. */
        public double errorBound() {
            return scale / 2;
        }
    }

    /**
     * The numbers as multiples of the largest one's 127th part, each rounded to the nearest. What
     * is no number becomes 0, infinities the largest number.
     */
    public static Scaled scaled(float[] values) {
        float largest = 0;
        for (float value : values) {
            float size = Math.abs(value);
            if (size > largest && size <= Float.MAX_VALUE) {
                largest = size;
            }
        }
        double scale = largest == 0 ? 1 : (double) largest / LARGEST_INT8;
        byte[] data = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            double element = Math.rint(values[i] / scale);
            data[i] = (byte) Math.max(-LARGEST_INT8, Math.min(LARGEST_INT8, element));
        }
        return new Scaled(scale, data);
    }

    /**
     * How far a number may be off that was rounded to the nearest element of a type: half the gap
     * between elements of the size of the largest finite one. 0 for types that round nothing here.
     *
     * @param data little-endian elements
     */
    public static double errorBound(ByteBuffer data, ElementType type) {
        return switch (type) {
            case FLOAT16 -> halfGap(data, 0x7c00, 10, 15);
            case BFLOAT16 -> halfGap(data, 0x7f80, 7, 127);
            default -> 0;
        };
    }

    private static double halfGap(ByteBuffer data, int infinity, int fraction, int bias) {
        ByteBuffer in = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        int largest = largest(in, infinity, (1 << fraction) - 1);
        int exponent = Math.max(1, largest >>> fraction) - bias;
        return Math.scalb(0.5, exponent - fraction);
    }

    /**
     * The size of an element with the exponent of the largest finite one. Reads sixteen elements at
     * a time, and looks at each only where one has a larger exponent than all before.
     */
    private static int largest(ByteBuffer in, int infinity, int fractions) {
        int largest = 0;
        long room = room(fractions);
        int at = 0;
        for (; at + BLOCK <= in.limit(); at += BLOCK) {
            long over = (in.getLong(at) & SIZES) + room;
            over |= (in.getLong(at + 8) & SIZES) + room;
            over |= (in.getLong(at + 16) & SIZES) + room;
            over |= (in.getLong(at + 24) & SIZES) + room;
            if ((over & SIGNS) != 0) {
                largest = Math.max(largest, largest(in, at, at + BLOCK, infinity));
                room = room(largest | fractions);
            }
        }
        return Math.max(largest, largest(in, at, in.limit(), infinity));
    }

    /** What added to each of four sizes reaches their sign when they are above a limit. */
    private static long room(int limit) {
        return (0x7fff - limit) * 0x0001_0001_0001_0001L;
    }

    private static int largest(ByteBuffer in, int from, int to, int infinity) {
        int largest = 0;
        for (int at = from; at + 1 < to; at += 2) {
            int size = in.getShort(at) & 0x7fff;
            if (size > largest && size < infinity) {
                largest = size;
            }
        }
        return largest;
    }
}
