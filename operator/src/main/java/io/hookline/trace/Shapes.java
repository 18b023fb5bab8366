/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.List;

/** Lengths of axes: what broadcasts to what, by numpy's rules. */
final class Shapes {
    private Shapes() {}

    /** How many elements a shape has. */
    static int size(int[] shape) {
        long size = 1;
        for (int length : shape) {
            size *= length;
        }
        return Math.toIntExact(size);
    }

    /** The shape that both broadcast to. */
    static int[] common(int[] one, int[] other) {
        int[] common = new int[Math.max(one.length, other.length)];
        for (int axis = 0; axis < common.length; axis++) {
            int a = length(one, axis - (common.length - one.length));
            int b = length(other, axis - (common.length - other.length));
            if (a != b && a != 1 && b != 1) {
                throw new TraceException(
                        ErrorCode.SHAPE_MISMATCH,
                        "shapes %s and %s do not broadcast to each other"
                                .formatted(Arrays.toString(one), Arrays.toString(other)));
            }
            common[axis] = a == 1 ? b : a;
        }
        return common;
    }

    /** Whether a shape broadcasts to the target without making it larger. */
    static boolean fits(int[] shape, int[] target) {
        int lead = shape.length - target.length;
        for (int axis = 0; axis < shape.length; axis++) {
            int wanted = axis < lead ? 1 : target[axis - lead];
            if (shape[axis] != 1 && shape[axis] != wanted) {
                return false;
            }
        }
        return true;
    }

    /** Elements written out as if they had the target's shape. */
    static float[] broadcast(float[] values, int[] shape, int[] target) {
        if (Arrays.equals(shape, target)) {
            return values;
        }
        if (isEnd(shape, target)) {
            return repeated(values, size(target));
        }
        int[] strides = strides(shape, target);
        float[] out = new float[size(target)];
        int[] index = new int[target.length];
        int from = 0;
        for (int to = 0; to < out.length; to++) {
            out[to] = values[from];
            for (int axis = target.length - 1; axis >= 0; axis--) {
                from += strides[axis];
                if (++index[axis] < target[axis]) {
                    break;
                }
                from -= strides[axis] * target[axis];
                index[axis] = 0;
            }
        }
        return out;
    }

    /**
     * Whether the elements come one after another, and then again, as a scalar's and a vector's.
     */
    private static boolean isEnd(int[] shape, int[] target) {
        int lead = 0;
        while (lead < shape.length && shape[lead] == 1) {
            lead++;
        }
        int own = shape.length - lead;
        return own <= target.length
                && Arrays.equals(
                        shape, lead, shape.length, target, target.length - own, target.length);
    }

    private static float[] repeated(float[] values, int size) {
        float[] out = new float[size];
        if (values.length == 1) {
            Arrays.fill(out, values[0]);
            return out;
        }
        for (int at = 0; at < size; at += values.length) {
            System.arraycopy(values, 0, out, at, values.length);
        }
        return out;
    }

    private static int[] strides(int[] shape, int[] target) {
        int[] strides = new int[target.length];
        int stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            int at = axis - (shape.length - target.length);
            if (at >= 0) {
                strides[at] = shape[axis] == 1 ? 0 : stride;
            }
            stride *= shape[axis];
        }
        return strides;
    }

    private static int length(int[] shape, int axis) {
        return axis < 0 ? 1 : shape[axis];
    }

    static TraceException outOfRange(String what, List<Integer> asked, int length) {
        int wrong =
                asked.stream()
                        .filter(each -> each < -length || each >= length)
                        .findFirst()
                        .orElse(0);
        return new TraceException(
                ErrorCode.SHAPE_MISMATCH,
                "%s %d is out of range, allowed are %d to %d"
                        .formatted(what, wrong, -length, length - 1));
    }
}
