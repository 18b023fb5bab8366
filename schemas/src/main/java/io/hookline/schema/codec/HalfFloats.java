/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

/**
 * The two 16-bit floating-point types as raw bits; to them by rounding to nearest, ties to even.
 */
final class HalfFloats {
    private static final int SIGN = 0x8000;
    private static final int FLOAT_INFINITY = 0x7f800000;
    private static final int FLOAT16_INFINITY = 0x7c00;

    /** The smallest float above every float16, 2^16. */
    private static final int FLOAT16_OVERFLOW = (127 + 16) << 23;

    /** The smallest normal float16, 2^-14. */
    private static final int FLOAT16_NORMAL = (127 - 14) << 23;

    /** Added to a float below 2^-14, its last bit is worth 2^-24, the smallest float16. */
    private static final float SUBNORMAL_STEP = 0.5f;

    /** Exponent bias of float32 minus that of float16. */
    private static final int BIAS = 127 - 15;

    private HalfFloats() {}

    static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int magnitude = bits & 0x7fffffff;
        int sign = (bits >>> 16) & SIGN;
        if (magnitude >= FLOAT16_OVERFLOW) {
            return (short) (sign | beyond(magnitude));
        }
        if (magnitude < FLOAT16_NORMAL) {
            float stepped = Float.intBitsToFloat(magnitude) + SUBNORMAL_STEP;
            return (short)
                    (sign
                            | (Float.floatToRawIntBits(stepped)
                                    - Float.floatToRawIntBits(SUBNORMAL_STEP)));
        }
        int odd = (magnitude >>> 13) & 1;
        return (short) (sign | ((magnitude - (BIAS << 23) + 0xfff + odd) >>> 13));
    }

    static float fromFloat16(short half) {
        int sign = (half & SIGN) << 16;
        int magnitude = half & 0x7fff;
        if (magnitude >= FLOAT16_INFINITY) {
            return Float.intBitsToFloat(sign | FLOAT_INFINITY | (magnitude << 13));
        }
        // A power of two scales normal and subnormal numbers alike, exactly.
        float scaled = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(scaled));
    }

    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
            return (short) ((bits >>> 16) | 0x40);
        }
        int odd = (bits >>> 16) & 1;
        return (short) ((bits + 0x7fff + odd) >>> 16);
    }

    static float fromBfloat16(short half) {
        return Float.intBitsToFloat(half << 16);
    }

    /** Infinity, or a quiet NaN that keeps the leading bits of its payload. */
    private static int beyond(int magnitude) {
        return magnitude > FLOAT_INFINITY
                ? FLOAT16_INFINITY | 0x200 | ((magnitude >>> 13) & 0x3ff)
                : FLOAT16_INFINITY;
    }
}
