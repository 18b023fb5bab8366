/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    @Test
    void float16_everyValue_isWhatTheFormatSays() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            assertThat(HalfFloats.fromFloat16((short) bits))
                    .as("%04x", bits)
                    .isEqualTo((Float) HalfReference.FLOAT16.value(bits));
        }
    }

    @Test
    void bfloat16_everyValue_isWhatTheFormatSays() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            assertThat(HalfFloats.fromBfloat16((short) bits))
                    .as("%04x", bits)
                    .isEqualTo((Float) HalfReference.BFLOAT16.value(bits));
        }
    }

    @Test
    void float16_everyNumber_survivesTheWayThereAndBack() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            short half = (short) bits;
            short back = HalfFloats.toFloat16(HalfFloats.fromFloat16(half));
            boolean nan = Float.isNaN(HalfFloats.fromFloat16(half));
            assertThat(back).as("%04x", bits).isEqualTo(nan ? (short) (half | 0x200) : half);
        }
    }

    @Test
    void bfloat16_everyNumber_survivesTheWayThereAndBack() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            short half = (short) bits;
            short back = HalfFloats.toBfloat16(HalfFloats.fromBfloat16(half));
            boolean nan = Float.isNaN(HalfFloats.fromBfloat16(half));
            assertThat(back).as("%04x", bits).isEqualTo(nan ? (short) (half | 0x40) : half);
        }
    }

    @Test
    void toFloat16_edges_areRoundedToNearestEven() {
        assertThat(HalfFloats.toFloat16(65504f)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloats.toFloat16(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
        assertThat(HalfFloats.toFloat16(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloats.toFloat16(-1e30f)).isEqualTo((short) 0xfc00);
        assertThat(HalfFloats.toFloat16(0x1p-24f)).isEqualTo((short) 1);
        assertThat(HalfFloats.toFloat16(0x1p-25f)).isEqualTo((short) 0);
        assertThat(HalfFloats.toFloat16(Math.nextUp(0x1p-25f))).isEqualTo((short) 1);
        assertThat(HalfFloats.toFloat16(0x1.8p-24f)).isEqualTo((short) 2);
        assertThat(HalfFloats.toFloat16(-0f)).isEqualTo((short) 0x8000);
        assertThat(HalfFloats.toFloat16(1f + 0x1p-11f)).isEqualTo((short) 0x3c00);
        assertThat(HalfFloats.toFloat16(1f + 0x1.8p-10f)).isEqualTo((short) 0x3c02);
    }

    @Test
    void nan_staysNan_evenWhenItsLeadingPayloadIsZero() {
        float nan = Float.intBitsToFloat(0x7f800001);
        assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(nan))).isNaN();
        assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(nan))).isNaN();
        float negative = Float.intBitsToFloat(0xffffffff);
        assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(negative))).isNaN();
    }
}
