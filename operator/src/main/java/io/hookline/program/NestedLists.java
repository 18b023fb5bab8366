/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;

/**
 * Reads one tensor from nested lists of numbers; the first element of each level gives its size.
 */
final class NestedLists {
    /** No hook point has more. */
    static final int MOST_AXES = 8;

    private final int[] shape;
    private float[] values = new float[16];
    private int count;

    private NestedLists(int[] shape) {
        this.shape = shape;
    }

    static TensorValue.Literal read(Value value) {
        int before = value.problems().count();
        NestedLists lists = new NestedLists(shape(value));
        if (value.problems().count() == before) {
            lists.readList(value, 0);
        }
        return value.problems().count() == before ? lists.tensor() : TensorReader.PLACEHOLDER;
    }

    private static int[] shape(Value list) {
        int[] sizes = new int[MOST_AXES];
        int axes = 0;
        Value at = list;
        while (at.node().isArray()) {
            if (at.node().isEmpty() || axes == MOST_AXES) {
                at.refuse(
                        ErrorCode.SHAPE_MISMATCH,
                        "a tensor has at most %d axes, none of them empty".formatted(MOST_AXES));
                return new int[0];
            }
            sizes[axes++] = at.node().size();
            at = at.item(0);
        }
        return Arrays.copyOf(sizes, axes);
    }

    private void readList(Value list, int axis) {
        if (!list.node().isArray() || list.node().size() != shape[axis]) {
            list.refuse(
                    "%s must be a list of %d as those before it, got %s"
                            .formatted(list.label(), shape[axis], size(list.node())));
            return;
        }
        for (int i = 0; i < shape[axis]; i++) {
            if (axis + 1 < shape.length) {
                readList(list.item(i), axis + 1);
            } else {
                readNumber(list, i);
            }
        }
    }

    private static String size(JsonNode node) {
        return node.isArray() ? "a list of " + node.size() : Values.shown(node);
    }

    private void readNumber(Value list, int index) {
        JsonNode node = list.node().get(index);
        float number = node.floatValue();
        if (!node.isNumber() || !Float.isFinite(number)) {
            list.item(index).refuseFor("a number that float32 can hold");
            return;
        }
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = number;
    }

    private TensorValue.Literal tensor() {
        return new TensorValue.Literal(ElementType.FLOAT32, shape, Arrays.copyOf(values, count));
    }
}
