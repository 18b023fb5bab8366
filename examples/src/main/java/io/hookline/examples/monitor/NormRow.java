/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Arrays;

/** The norm at each recorded token of one hook point of one invocation. */
final class NormRow {
    private static final int FIRST = 16;

    private long[] positions = new long[FIRST];
    private float[] norms = new float[FIRST];
    private int size;

    /**
     * Takes a norm; one of the same place takes the place of the one before.
     *
     * @return how many cells the row has got by it: 0 or 1
     */
    int put(int step, int token, float norm) {
        long position = ((long) step << Integer.SIZE) | token;
        int at = Arrays.binarySearch(positions, 0, size, position);
        if (at >= 0) {
            norms[at] = norm;
            return 0;
        }
        insert(-at - 1, position, norm);
        return 1;
    }

    private void insert(int at, long position, float norm) {
        if (size == positions.length) {
            positions = Arrays.copyOf(positions, size * 2);
            norms = Arrays.copyOf(norms, size * 2);
        }
        System.arraycopy(positions, at, positions, at + 1, size - at);
        System.arraycopy(norms, at, norms, at + 1, size - at);
        positions[at] = position;
        norms[at] = norm;
        size++;
    }

    int size() {
        return size;
    }

    /** Writes steps, tokens and norms as columns. */
    void write(ArrayNode steps, ArrayNode tokens, ArrayNode values) {
        for (int i = 0; i < size; i++) {
            steps.add((int) (positions[i] >>> Integer.SIZE));
            tokens.add((int) positions[i]);
            values.add(norms[i]);
        }
    }
}
