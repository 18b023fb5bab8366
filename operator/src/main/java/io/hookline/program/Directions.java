/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** What a direction must be to be projected out. */
final class Directions {
    static final String ZERO =
            "'direction' must not be zero, nothing can be projected out along it";

    private Directions() {}

    /** Whether the vector, or one of the vectors along the last axis, is zero. */
    static boolean hasZero(TensorValue.Literal tensor) {
        int axes = tensor.shape().length;
        int width = axes == 0 ? 1 : tensor.shape()[axes - 1];
        for (int from = 0; from < tensor.values().length; from += width) {
            if (isZero(tensor.values(), from, width)) {
                return true;
            }
        }
        return tensor.values().length == 0;
    }

    private static boolean isZero(float[] values, int from, int width) {
        for (int i = from; i < from + width; i++) {
            if (values[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
