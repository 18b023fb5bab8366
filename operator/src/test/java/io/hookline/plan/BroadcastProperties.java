/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class BroadcastProperties {
    /** What NumPy does: axes align at the end, and a length of 1 repeats. */
    @Property(tries = 200)
    void of_shapeThatFits_readsAsNumpyDoes(
            @ForAll @IntRange(min = 2, max = 3) int rank,
            @ForAll @IntRange(max = 4) int own,
            @ForAll long seed) {
        Random random = new Random(seed);
        int[] target = random.ints(rank, 1, 5).toArray();
        int[] shape = new int[own];
        for (int axis = 0; axis < own; axis++) {
            int at = axis - (own - rank);
            shape[axis] = at < 0 || random.nextBoolean() ? 1 : target[at];
        }
        float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        assertThat(Broadcast.fits(shape, target)).isTrue();
        Broadcast read = Broadcast.of(new Literal(ElementType.FLOAT32, shape, values), rank);
        int[] index = new int[rank];
        for (int i = 0; i < 20; i++) {
            for (int axis = 0; axis < rank; axis++) {
                index[axis] = random.nextInt(target[axis]);
            }
            float got =
                    rank == 3
                            ? read.of(index[0], index[1], index[2])
                            : read.of(random.nextInt(9), index[0], index[1]);
            assertThat(got).isEqualTo(values[flat(shape, index)]);
        }
        for (int axis = 0; axis < rank; axis++) {
            int at = axis + own - rank;
            assertThat(read.varies(axis)).isEqualTo(at >= 0 && shape[at] > 1);
        }
    }

    private static int flat(int[] shape, int[] index) {
        int flat = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            int at = axis - (shape.length - index.length);
            flat = flat * shape[axis] + (at < 0 || shape[axis] == 1 ? 0 : index[at]);
        }
        return flat;
    }

    @Property(tries = 100)
    void fits_anyAxisOfOtherLength_doesNot(
            @ForAll @IntRange(min = 2, max = 5) int tokens,
            @ForAll @IntRange(min = 2, max = 5) int width) {
        assertThat(Broadcast.fits(new int[] {tokens + 1, width}, tokens, width)).isFalse();
        assertThat(Broadcast.fits(new int[] {tokens, width + 1}, tokens, width)).isFalse();
        assertThat(Broadcast.fits(new int[] {2, tokens, width}, tokens, width)).isFalse();
        assertThat(Broadcast.fits(new int[] {tokens}, tokens, tokens + 1)).isFalse();
        assertThat(Broadcast.fits(new int[] {1, 1, tokens, width}, tokens, width)).isTrue();
    }
}
