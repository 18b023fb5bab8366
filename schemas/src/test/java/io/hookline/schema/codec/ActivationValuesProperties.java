/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Narrowed numbers are no further off than they say. */
class ActivationValuesProperties {
    @Property
    void scaled_anyNumbers_areWithinTheErrorBound(@ForAll("numbers") List<Float> numbers) {
        float[] values = array(numbers);
        ActivationValues.Scaled scaled = ActivationValues.scaled(values);
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs(scaled.data()[i] * scaled.scale() - values[i]))
                    .isLessThanOrEqualTo(scaled.errorBound() * (1 + 1e-9));
        }
    }

    @Property
    void rounded_anyNumbers_areWithinTheErrorBound(
            @ForAll("numbers") List<Float> numbers, @ForAll("narrow") ElementType type) {
        float[] values = array(numbers);
        ByteBuffer data = ByteBuffer.wrap(TensorCodec.encode(values, type));
        double bound = ActivationValues.errorBound(data, type);
        float[] read = TensorCodec.decode(data, type);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) Math.abs(read[i] - values[i])).isLessThanOrEqualTo(bound);
        }
    }

    /** What the bound is by definition, element by element. */
    @Property
    void errorBound_anyElements_isHalfTheGapAtTheLargestFiniteOne(
            @ForAll @Size(max = 70) short[] elements, @ForAll("narrow") ElementType type) {
        ByteBuffer data =
                ByteBuffer.allocate(2 * elements.length + 2).order(ByteOrder.LITTLE_ENDIAN);
        data.position(2);
        data.slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(elements);
        double largest = 0;
        for (float number : TensorCodec.decode(data, type)) {
            largest = Float.isFinite(number) ? Math.max(largest, Math.abs(number)) : largest;
        }
        int smallest = type == ElementType.FLOAT16 ? -14 : -126;
        int fraction = type == ElementType.FLOAT16 ? 10 : 7;
        double gap = Math.scalb(1.0, Math.max(smallest, Math.getExponent(largest)) - fraction);
        assertThat(ActivationValues.errorBound(data, type)).isEqualTo(gap / 2);
        assertThat(data.position()).isEqualTo(2);
    }

    @Example
    void scaled_zerosAndWhatIsNoNumber_areZeros() {
        ActivationValues.Scaled scaled =
                ActivationValues.scaled(new float[] {0, Float.NaN, Float.POSITIVE_INFINITY});
        assertThat(scaled.data()).containsExactly(0, 0, 127);
        assertThat(scaled.scale()).isEqualTo(1);
    }

    private static float[] array(List<Float> numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i);
        }
        return values;
    }

    @Provide
    Arbitrary<List<Float>> numbers() {
        return Arbitraries.floats().between(-60_000, 60_000).ofScale(6).list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<ElementType> narrow() {
        return Arbitraries.of(ElementType.FLOAT16, ElementType.BFLOAT16);
    }
}
