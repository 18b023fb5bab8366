/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;

/** Compares tensors. */
final class Tensors {
    private Tensors() {}

    static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        float[] a = actual.toFloats();
        float[] b = expected.toFloats();
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).as("element %d", i).isCloseTo(b[i], Offset.offset((float) tolerance));
        }
    }

    static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.toFloats()).isEqualTo(expected.toFloats());
    }

    static void assertDiffers(Tensor actual, Tensor expected) {
        assertThat(actual.toFloats()).isNotEqualTo(expected.toFloats());
    }

    static Tensor zeros(Tensor like) {
        return Tensor.zeros(like.shape());
    }
}
