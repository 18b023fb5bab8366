/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.Extent;

/**
 * Lengths to scan with. Two sets of primes: an axis that is as long in both is fixed, and the pair
 * of lengths of any other says what it counts.
 */
record ShapeScanLengths(long batch, long tokens, long past) {
    static final ShapeScanLengths FIRST = new ShapeScanLengths(3, 17, 5);
    static final ShapeScanLengths SECOND = new ShapeScanLengths(7, 11, 13);
    private static final long UNKNOWN = 2;

    long of(Dimension dimension) {
        return dimension instanceof Dimension.Fixed fixed
                ? fixed.length()
                : of(((Dimension.Varies) dimension).extent());
    }

    private long of(Extent extent) {
        return switch (extent) {
            case BATCH -> batch;
            case TOKENS -> tokens;
            case PAST -> past;
            case KEYS -> past + tokens;
            case ROWS -> batch * tokens;
            case OTHER -> UNKNOWN;
        };
    }

    /** What an axis counts that has these lengths in the two scans; negative: not inferred. */
    static Dimension dimension(long first, long second) {
        if (first == second && first >= 0) {
            return new Dimension.Fixed(first);
        }
        for (Extent extent : Extent.values()) {
            if (extent != Extent.OTHER
                    && FIRST.of(extent) == first
                    && SECOND.of(extent) == second) {
                return new Dimension.Varies(extent);
            }
        }
        return new Dimension.Varies(Extent.OTHER);
    }
}
