/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;

/**
 * The elements of a tensor that a selector means: in each plane, some positions, and of those some
 * units. Planes are everything before the axis of positions.
 *
 * @param positions for each row, all rows have equally many
 */
record Region(int[] shape, int planesPerRow, int[][] positions, int[] units) {
    /**
     * The region of a selector.
     *
     * @param lengths how many positions each row has, rows being the first axis; empty when all do
     */
    static Region of(Selector selector, int[] shape, int[] lengths) {
        if (shape.length == 0) {
            throw new TraceException(ErrorCode.SHAPE_MISMATCH, "a scalar has no positions");
        }
        int axis = Math.max(shape.length - 2, 0);
        boolean vector = shape.length == 1;
        int planes = 1;
        for (int each = 0; each < axis; each++) {
            planes *= shape[each];
        }
        int rows = axis == 0 ? 1 : shape[0];
        int[][] positions = new int[rows][];
        for (int row = 0; row < rows; row++) {
            int length =
                    row < lengths.length && !selector.isEveryPosition()
                            ? lengths[row]
                            : shape[axis];
            positions[row] = selector.positionsOf(length);
            if (positions[row].length != positions[0].length) {
                throw new TraceException(
                        ErrorCode.SHAPE_MISMATCH,
                        "%s selects %d positions of one row and %d of another"
                                .formatted(selector, positions[0].length, positions[row].length));
            }
        }
        int[] units = vector ? new int[1] : selector.unitsOf(shape[shape.length - 1]);
        return new Region(
                shape, rows == 0 ? 1 : Math.max(planes / Math.max(rows, 1), 1), positions, units);
    }

    /** The shape of what is selected. */
    int[] selectedShape() {
        int[] selected = shape.clone();
        int count = positions.length == 0 ? 0 : positions[0].length;
        selected[Math.max(shape.length - 2, 0)] = count;
        if (shape.length > 1) {
            selected[shape.length - 1] = units.length;
        }
        return selected;
    }

    /** Index of each selected element, in row-major order of the selection. */
    int[] indices() {
        int width = shape.length == 1 ? 1 : shape[shape.length - 1];
        int tokens = shape[Math.max(shape.length - 2, 0)];
        int[] indices = new int[Shapes.size(selectedShape())];
        int next = 0;
        for (int row = 0; row < positions.length; row++) {
            for (int plane = 0; plane < planesPerRow; plane++) {
                int start = (row * planesPerRow + plane) * tokens;
                for (int position : positions[row]) {
                    for (int unit : units) {
                        indices[next++] = (start + position) * width + unit;
                    }
                }
            }
        }
        return indices;
    }
}
