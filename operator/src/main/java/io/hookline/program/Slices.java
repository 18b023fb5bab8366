/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The indices that a Python slice with step 1 selects. */
record Slices(int from, int to) {
    static Slices of(OptionalInt from, OptionalInt to, int length) {
        return new Slices(
                bound(from.orElse(0), length), Math.min(bound(to.orElse(length), length), length));
    }

    boolean contains(int index) {
        return from <= index && index < to;
    }

    int[] toArray() {
        return IntStream.range(from, Math.max(from, to)).toArray();
    }

    private static int bound(int index, int length) {
        return Math.max(index < 0 ? index + length : index, 0);
    }
}
