/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** IEEE 754 binary16. */
final class HalfFloats {
    private static final float SMALLEST = 0x1p-24f;

    private HalfFloats() {}

    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * SMALLEST;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** The nearest half, ties to even; what is too large is infinite. */
    static short ofFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 65520f) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude / SMALLEST));
        }
        int rebiased = (bits & 0x7fffffff) - (112 << 23);
        int rounded = rebiased + 0xfff + ((rebiased >>> 13) & 1);
        return (short) (sign | rounded >>> 13);
    }
}
