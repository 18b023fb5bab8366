/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
public final class NearestName {
    private NearestName() {}

    /** The closest of the candidates by edit distance, when it is close enough to be meant. */
    public static Optional<String> of(String wrong, Collection<String> candidates) {
        int limit = Math.max(2, wrong.length() / 3);
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - wrong.length()) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(wrong, candidate)))
                .filter(candidate -> distance(wrong, candidate) <= limit);
    }

    /** {@code , did you mean 'name'?} or nothing. */
    public static String hint(String wrong, Collection<String> candidates) {
        return of(wrong, candidates).map(", did you mean '%s'?"::formatted).orElse("");
    }

    /** Optimal string alignment distance: a swap of neighbours counts once. */
    private static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                rows[i][j] = i == 0 || j == 0 ? i + j : cell(rows, a, b, new int[] {i, j});
            }
        }
        return rows[a.length()][b.length()];
    }

    private static int cell(int[][] rows, String a, String b, int[] at) {
        int i = at[0];
        int j = at[1];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best =
                Math.min(Math.min(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + change);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
    }
}
