/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfFloatsTest {
    @Test
    void everyHalf_comesBackFromItsFloat() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = HalfFloats.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(HalfFloats.ofFloat(value)).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 3c00",
        "-2.0, c000",
        "65504, 7bff",
        "65519.99, 7bff",
        "65520, 7c00",
        "6.1035156e-5, 0400",
        "5.9604645e-8, 0001",
        "2.9802322e-8, 0000",
        "2.9802326e-8, 0001",
        "1.00048828125, 3c00",
        "1.00146484375, 3c02",
        "-0.0, 8000",
    })
    void aFloat_becomesTheNearestHalf_tiesToEven(float value, String bits) {
        assertThat(HalfFloats.ofFloat(value)).isEqualTo((short) Integer.parseInt(bits, 16));
    }
}
