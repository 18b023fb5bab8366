/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TensorCodecProperties {
    @Property(tries = 5000)
    void float16_isTheNearestNumber(@ForAll("anyBits") float value) {
        Assume.that(!Float.isNaN(value));
        assertThat(HalfFloats.toFloat16(value) & 0xffff)
                .isEqualTo(HalfReference.FLOAT16.nearest(value));
    }

    @Property(tries = 5000)
    void bfloat16_isTheNearestNumber(@ForAll("anyBits") float value) {
        Assume.that(!Float.isNaN(value));
        assertThat(HalfFloats.toBfloat16(value) & 0xffff)
                .isEqualTo(HalfReference.BFLOAT16.nearest(value));
    }

    @Property
    void decode_encoded_isTheSame(
            @ForAll("arrays") float[] values, @ForAll("exact") ElementType type) {
        assertThat(TensorCodec.decode(ByteBuffer.wrap(TensorCodec.encode(values, type)), type))
                .isEqualTo(values);
    }

    @Property
    void encode_elementByElement_isLittleEndian(
            @ForAll("arrays") float[] values, @ForAll("floats") ElementType type) {
        ByteBuffer bytes =
                ByteBuffer.wrap(TensorCodec.encode(values, type)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(values.length * type.bytes());
        for (float value : values) {
            switch (type) {
                case FLOAT32 -> assertThat(bytes.getFloat()).isEqualTo((Float) value);
                case FLOAT64 -> assertThat(bytes.getDouble()).isEqualTo((Double) (double) value);
                case FLOAT16 -> assertThat(bytes.getShort()).isEqualTo(HalfFloats.toFloat16(value));
                default -> assertThat(bytes.getShort()).isEqualTo(HalfFloats.toBfloat16(value));
            }
        }
    }

    /** Half of them where float16 has numbers. */
    @Provide
    Arbitrary<Float> anyBits() {
        return Arbitraries.oneOf(
                Arbitraries.integers().map(Float::intBitsToFloat),
                Arbitraries.integers()
                        .between(0x32000000, 0x48000000)
                        .map(bits -> Float.intBitsToFloat(bits)),
                Arbitraries.integers()
                        .between(0, 0x7bff)
                        .map(bits -> midpoint((short) (int) bits)));
    }

    private static float midpoint(short half) {
        return (HalfFloats.fromFloat16(half) + HalfFloats.fromFloat16((short) (half + 1))) / 2;
    }

    @Provide
    Arbitrary<float[]> arrays() {
        return Arbitraries.integers().map(Float::intBitsToFloat).array(float[].class);
    }

    @Provide
    Arbitrary<ElementType> exact() {
        return Arbitraries.of(ElementType.FLOAT32, ElementType.FLOAT64);
    }

    @Provide
    Arbitrary<ElementType> floats() {
        return Arbitraries.of(ElementType.values()).filter(ElementType::isFloat);
    }
}
