/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Divides rows into passes by the lengths of their texts. Rows of equal length need no padding and
 * are then what they are alone, bit for bit. Padding leaves a row what it is within rounding; much
 * of it costs more than another pass.
 */
final class RowLengths {
    /** Padding that is always cheaper than a pass of its own. */
    private static final int FREE = 64;

    private RowLengths() {}

    /**
     * Passes over whole texts, each of at least one bundle.
     *
     * @param bundles rows that have to share a pass, whatever their lengths
     * @param most padding in a pass whose lengths differ, as a share of its positions; 0 for equal
     *     lengths alone
     */
    static List<List<List<ActiveRow>>> whole(List<List<ActiveRow>> bundles, double most) {
        List<List<List<ActiveRow>>> passes = new ArrayList<>();
        int longest = 0;
        long rows = 0;
        long text = 0;
        for (List<ActiveRow> bundle : longestFirst(bundles)) {
            long more = text(bundle);
            boolean fits =
                    longest(bundle) == longest
                            || text + more >= (1 - most) * longest * (rows + bundle.size());
            if (passes.isEmpty() || !fits) {
                passes.add(new ArrayList<>());
                longest = longest(bundle);
                rows = 0;
                text = 0;
            }
            passes.get(passes.size() - 1).add(bundle);
            rows += bundle.size();
            text += more;
        }
        return passes;
    }

    /** Positions of rows that are text. */
    static long text(List<ActiveRow> rows) {
        return rows.stream().mapToLong(ActiveRow::keys).sum();
    }

    /** Positions of a pass over whole texts of rows. */
    static long positions(List<ActiveRow> rows) {
        return (long) rows.size() * longest(rows);
    }

    /**
     * Passes of rows that go on, each of at least one bundle.
     *
     * @param bundles rows that have to share a pass, whatever their lengths
     * @param padding whether others may that are not of equal length
     */
    static List<List<List<ActiveRow>>> passes(List<List<ActiveRow>> bundles, boolean padding) {
        List<List<List<ActiveRow>>> passes = new ArrayList<>();
        int longest = 0;
        for (List<ActiveRow> bundle : longestFirst(bundles)) {
            int length = longest(bundle);
            boolean fits = padding ? length >= longest / 2 - FREE : length == longest;
            if (passes.isEmpty() || !fits) {
                passes.add(new ArrayList<>());
                longest = length;
            }
            passes.get(passes.size() - 1).add(bundle);
        }
        return passes;
    }

    private static List<List<ActiveRow>> longestFirst(List<List<ActiveRow>> bundles) {
        return bundles.stream()
                .sorted(Comparator.comparingInt(RowLengths::longest).reversed())
                .toList();
    }

    private static int longest(List<ActiveRow> bundle) {
        return bundle.stream().mapToInt(ActiveRow::keys).max().orElseThrow();
    }
}
