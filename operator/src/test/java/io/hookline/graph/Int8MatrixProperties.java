/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Eight bits are as near to a number as they can be, whichever way a matrix lies. */
final class Int8MatrixProperties {
    private static final int BLOCK = Int8Matrix.BLOCK;

    /** Numbers in memory. */
    private record Numbers(float[] values) implements WeightStore {
        @Override
        public void read(TensorProto tensor, long from, float[] into) {
            System.arraycopy(values, (int) from, into, 0, into.length);
        }

        @Override
        public TensorProto keep(TensorProto tensor, ByteBuffer data) {
            throw new UnsupportedOperationException("nothing is kept here");
        }
    }

    private static TensorProto tensor(long rows, long columns) {
        return TensorProto.newBuilder().addDims(rows).addDims(columns).build();
    }

    private static float[] drawn(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
        }
        return values;
    }

    private static float number(Int8Matrix matrix, int kept, int summed) {
        int block = kept * Int8Matrix.blocks(matrix.summed()) + summed / BLOCK;
        int code = matrix.codes().get(block * BLOCK + summed % BLOCK) & 0xff;
        return (code - 128) * scale(matrix, block);
    }

    private static float scale(Int8Matrix matrix, int block) {
        return matrix.scales().order(ByteOrder.LITTLE_ENDIAN).getFloat(block * Float.BYTES);
    }

    @Property(tries = 100)
    void numbers_ofAnyMatrix_areHalfAStepOff(
            @ForAll @IntRange(min = 1, max = 100) int summed,
            @ForAll @IntRange(min = 1, max = 9) int kept,
            @ForAll long seed)
            throws IOException {
        float[] values = drawn(summed * kept, seed);
        Int8Matrix matrix = Int8Matrix.of(tensor(summed, kept), false, new Numbers(values));
        for (int at = 0; at < kept; at++) {
            for (int i = 0; i < summed; i++) {
                int block = at * Int8Matrix.blocks(summed) + i / BLOCK;
                double step = scale(matrix, block);
                assertThat(Math.abs(number(matrix, at, i) - values[i * kept + at]))
                        .isLessThanOrEqualTo((float) (step * 0.5001));
            }
        }
    }

    @Property(tries = 50)
    void matrix_thatLiesTheOtherWay_isTheSame(
            @ForAll @IntRange(min = 1, max = 100) int summed,
            @ForAll @IntRange(min = 1, max = 9) int kept,
            @ForAll long seed)
            throws IOException {
        float[] values = drawn(summed * kept, seed);
        float[] transposed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            transposed[(i % kept) * summed + i / kept] = values[i];
        }
        Int8Matrix one = Int8Matrix.of(tensor(summed, kept), false, new Numbers(values));
        Int8Matrix other = Int8Matrix.of(tensor(kept, summed), true, new Numbers(transposed));
        assertThat(other.codes()).isEqualTo(one.codes());
        assertThat(other.scales()).isEqualTo(one.scales());
        assertThat(other.summed()).isEqualTo(one.summed());
    }

    @Property(tries = 20)
    void block_behindTheLastNumber_isFilledWithZeros(
            @ForAll @IntRange(min = 1, max = 31) int summed, @ForAll long seed) throws IOException {
        Int8Matrix matrix =
                Int8Matrix.of(tensor(summed, 1), false, new Numbers(drawn(summed, seed)));
        byte[] codes = new byte[BLOCK];
        matrix.codes().get(codes);
        for (byte code : Arrays.copyOfRange(codes, summed, BLOCK)) {
            assertThat(code & 0xff).isEqualTo(128);
        }
    }

    @Property(tries = 1)
    void block_ofZeros_staysZero() throws IOException {
        Int8Matrix matrix = Int8Matrix.of(tensor(40, 2), false, new Numbers(new float[80]));
        assertThat(number(matrix, 1, 39)).isZero();
    }
}
