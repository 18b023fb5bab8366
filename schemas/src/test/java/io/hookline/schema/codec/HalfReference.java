/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

/** A 16-bit floating-point type by its definition, slow and plain, to compare the fast one with. */
record HalfReference(int exponentBits, int mantissaBits) {
    static final HalfReference FLOAT16 = new HalfReference(5, 10);
    static final HalfReference BFLOAT16 = new HalfReference(8, 7);

    /** The number that these bits stand for. */
    float value(int bits) {
        int sign = (bits >> 15 & 1) == 0 ? 1 : -1;
        int exponent = bits >> mantissaBits & ((1 << exponentBits) - 1);
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int bias = (1 << (exponentBits - 1)) - 1;
        if (exponent == (1 << exponentBits) - 1) {
            return mantissa == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
        }
        double fraction = (double) mantissa / (1 << mantissaBits);
        double magnitude =
                exponent == 0
                        ? Math.scalb(fraction, 1 - bias)
                        : Math.scalb(1 + fraction, exponent - bias);
        return (float) (sign * magnitude);
    }

    /** The bits of the nearest number, of two equally near the even one; not for NaN. */
    int nearest(float value) {
        int sign = Float.floatToRawIntBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs((double) value);
        int low = 0;
        int infinity = ((1 << exponentBits) - 1) << mantissaBits;
        int high = infinity;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (value(middle) <= magnitude) {
                low = middle;
            } else {
                high = middle;
            }
        }
        if (Double.isInfinite(magnitude)) {
            return sign | infinity;
        }
        double below = magnitude - value(low);
        double above = finite(high) - magnitude;
        return sign | (below < above || (below == above && low % 2 == 0) ? low : high);
    }

    /** The number, with infinity as the number that would follow the largest. */
    private double finite(int bits) {
        int infinity = ((1 << exponentBits) - 1) << mantissaBits;
        return bits == infinity ? 2.0 * value(infinity - 1) - value(infinity - 2) : value(bits);
    }
}
