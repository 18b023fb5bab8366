/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import io.hookline.plan.PlannedTrace;

/**
 * How much room prompts take in a forward pass.
 *
 * @param rows how many prompts
 * @param longest tokens of the longest
 * @param tokens of all together
 */
public record Extent(int rows, int longest, long tokens) {
    static final Extent NONE = new Extent(0, 0, 0);

    public static Extent of(PlannedTrace trace) {
        return new Extent(
                trace.rows().size(),
                trace.lengthClass(),
                trace.rows().stream().mapToLong(row -> row.tokens().length).sum());
    }

    /** Both in one pass. */
    Extent and(Extent other) {
        return new Extent(
                rows + other.rows, Math.max(longest, other.longest), tokens + other.tokens);
    }

    /** Padding as a share of the positions of a pass. */
    double padding() {
        long positions = (long) rows * longest;
        return positions == 0 ? 0 : 1 - (double) tokens / positions;
    }
}
