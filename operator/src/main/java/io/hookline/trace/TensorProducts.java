/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.Arrays;

/** Arithmetic that goes along an axis. */
final class TensorProducts {
    private TensorProducts() {}

    static Tensor matmul(Tensor left, Tensor right) {
        int[] a = left.rawShape();
        int[] b = right.rawShape();
        if (a.length == 0 || b.length != 2 || a[a.length - 1] != b[0]) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "a tensor of shape %s has no product with a matrix of shape %s"
                            .formatted(Arrays.toString(a), Arrays.toString(b)));
        }
        int[] shape = a.clone();
        shape[shape.length - 1] = b[1];
        float[] matrix = right.peek();
        return left.with(
                shape,
                matrix == null
                        ? null
                        : left.valuesOrShape(from -> product(from, matrix, b[0], b[1])));
    }

    private static float[] product(float[] from, float[] matrix, int width, int columns) {
        int rows = from.length / Math.max(width, 1);
        float[] to = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int unit = 0; unit < width; unit++) {
                float value = from[row * width + unit];
                for (int column = 0; column < columns; column++) {
                    to[row * columns + column] += value * matrix[unit * columns + column];
                }
            }
        }
        return to;
    }

    static Tensor mean(Tensor tensor, int axis) {
        int[] shape = tensor.rawShape();
        if (axis < 0 || axis >= shape.length) {
            throw Shapes.outOfRange("axis", java.util.List.of(axis), shape.length);
        }
        int inner = Shapes.size(Arrays.copyOfRange(shape, axis + 1, shape.length));
        int length = shape[axis];
        int[] rest = new int[shape.length - 1];
        for (int each = 0; each < rest.length; each++) {
            rest[each] = shape[each < axis ? each : each + 1];
        }
        return tensor.with(
                rest,
                tensor.valuesOrShape(from -> averaged(from, Shapes.size(rest), length, inner)));
    }

    private static float[] averaged(float[] from, int size, int length, int inner) {
        float[] to = new float[size];
        for (int i = 0; i < size; i++) {
            int start = i / inner * length * inner + i % inner;
            double sum = 0;
            for (int step = 0; step < length; step++) {
                sum += from[start + step * inner];
            }
            to[i] = (float) (sum / length);
        }
        return to;
    }

    static Tensor softmax(Tensor tensor) {
        int[] shape = tensor.rawShape();
        int width = shape.length == 0 ? 1 : shape[shape.length - 1];
        return tensor.with(shape, tensor.valuesOrShape(from -> shares(from, width)));
    }

    private static float[] shares(float[] from, int width) {
        float[] to = new float[from.length];
        for (int start = 0; start < from.length; start += width) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = start; i < start + width; i++) {
                max = Math.max(max, from[i]);
            }
            double sum = 0;
            for (int i = start; i < start + width; i++) {
                sum += Math.exp(from[i] - max);
            }
            for (int i = start; i < start + width; i++) {
                to[i] = (float) (Math.exp(from[i] - max) / sum);
            }
        }
        return to;
    }
}
