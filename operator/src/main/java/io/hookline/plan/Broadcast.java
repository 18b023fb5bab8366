/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.program.TensorValue.Literal;

/** A literal read as if it had the shape that it broadcasts to, by numpy's rules. */
public final class Broadcast {
    private final float[] values;
    private final int[] strides;

    private Broadcast(float[] values, int[] strides) {
        this.values = values;
        this.strides = strides;
    }

    /** Whether a shape broadcasts to the target. */
    public static boolean fits(int[] shape, int... target) {
        int lead = shape.length - target.length;
        for (int axis = 0; axis < lead; axis++) {
            if (shape[axis] != 1) {
                return false;
            }
        }
        for (int axis = Math.max(lead, 0); axis < shape.length; axis++) {
            if (shape[axis] != 1 && shape[axis] != target[axis - lead]) {
                return false;
            }
        }
        return true;
    }

    /** The literal, addressed by the axes of a target of that rank. */
    public static Broadcast of(Literal literal, int rank) {
        int[] shape = literal.shape();
        int[] strides = new int[rank];
        int stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            int target = axis - (shape.length - rank);
            if (target >= 0) {
                strides[target] = shape[axis] == 1 ? 0 : stride;
            }
            stride *= shape[axis];
        }
        return new Broadcast(literal.values(), strides);
    }

    /** Whether values differ along that axis of the target. */
    public boolean varies(int axis) {
        return strides[axis] != 0;
    }

    /** The value at {@code [plane, row, column]}; a target of rank 2 has one plane. */
    public float of(int plane, int row, int column) {
        int last = strides.length - 1;
        int index = row * strides[last - 1] + column * strides[last];
        return values[last == 2 ? index + plane * strides[0] : index];
    }
}
