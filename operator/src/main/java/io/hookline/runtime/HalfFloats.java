/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/** Numbers of 16 bits, IEEE 754 binary16, rounded to nearest even. */
final class HalfFloats {
    private HalfFloats() {}

    /** The nearest half float's bits. */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude >= 0x38800000) {
            int rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
            return (short) (sign | (rounded >>> 13));
        }
        // Adding 0.5 lets the hardware round to the spacing of subnormal halves.
        float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
        return (short) (sign | (Float.floatToRawIntBits(aligned) - Float.floatToRawIntBits(0.5f)));
    }
}
