/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Arithmetic that goes along an axis. */
final class TensorProducts {
    private TensorProducts() {}

    static void plus(float[] a, float[] b, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = a[i] + b[i];
        }
    }

    static void minus(float[] a, float[] b, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = a[i] - b[i];
        }
    }

    static void times(float[] a, float[] b, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = a[i] * b[i];
        }
    }

    static void dividedBy(float[] a, float[] b, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = a[i] / b[i];
        }
    }

    static Tensor concat(int axis, List<Tensor> parts) {
        if (parts.isEmpty()) {
            throw new TraceException(ErrorCode.SHAPE_MISMATCH, "nothing to put together");
        }
        int[] shape = parts.get(0).shape();
        int at = axis < 0 ? axis + shape.length : axis;
        if (at < 0 || at >= shape.length) {
            throw Shapes.outOfRange("axis", List.of(axis), shape.length);
        }
        shape[at] = parts.stream().mapToInt(part -> lengthAlong(at, part, parts.get(0))).sum();
        boolean shapesOnly = parts.stream().anyMatch(part -> part.peek() == null);
        return parts.get(0).with(shape, shapesOnly ? null : joined(at, shape, parts));
    }

    /** Length of an axis of a part, whose other axes must be the first part's. */
    private static int lengthAlong(int axis, Tensor part, Tensor first) {
        int[] own = part.shape();
        int[] wanted = first.shape();
        if (own.length == wanted.length) {
            wanted[axis] = own[axis];
        }
        if (!Arrays.equals(own, wanted)) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "shapes %s and %s can't be put together along axis %d"
                            .formatted(
                                    Arrays.toString(first.rawShape()), Arrays.toString(own), axis));
        }
        return own[axis];
    }

    private static float[] joined(int axis, int[] shape, List<Tensor> parts) {
        float[] to = new float[Shapes.size(shape)];
        int outer = Shapes.size(Arrays.copyOf(shape, axis));
        int next = 0;
        for (int plane = 0; plane < outer; plane++) {
            for (Tensor part : parts) {
                int length = part.size() / outer;
                System.arraycopy(part.values(), plane * length, to, next, length);
                next += length;
            }
        }
        return to;
    }

    static Tensor topk(Tensor tensor, int k) {
        int[] shape = tensor.shape();
        int width = shape.length == 0 ? 0 : shape[shape.length - 1];
        if (k < 1 || k > width) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "there are no %d largest of %d elements".formatted(k, width));
        }
        shape[shape.length - 1] = k;
        return tensor.with(shape, tensor.valuesOrShape(from -> largest(from, width, k)));
    }

    private static float[] largest(float[] from, int width, int k) {
        float[] to = new float[from.length / width * k];
        for (int row = 0; row < from.length / width; row++) {
            int start = row * width;
            int[] order =
                    IntStream.range(0, width)
                            .boxed()
                            .sorted(Comparator.comparing((Integer i) -> -from[start + i]))
                            .limit(k)
                            .mapToInt(Integer::intValue)
                            .toArray();
            for (int rank = 0; rank < k; rank++) {
                to[row * k + rank] = order[rank];
            }
        }
        return to;
    }

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
            throw Shapes.outOfRange("axis", List.of(axis), shape.length);
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
