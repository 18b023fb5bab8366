/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A picture of one number for each layer and token, for a terminal.
 *
 * @param rows name of each row, first at the top
 * @param values {@code [row][column]}, not negative
 */
record Heatmap(List<String> rows, List<float[]> values) {
    private static final String SHADES = " .:-=+*#%@";

    /** From dark blue to yellow, of the 256 colours that terminals have. */
    private static final int[] COLOURS = {17, 18, 19, 54, 90, 126, 162, 198, 208, 214, 220, 226};

    Heatmap {
        rows = List.copyOf(rows);
        values = List.copyOf(values);
        if (rows.size() != values.size()) {
            throw new IllegalArgumentException(
                    "%d rows have %d names".formatted(values.size(), rows.size()));
        }
    }

    /**
     * The picture, line by line. A cell's shade is the rank of its value among all values, since
     * norms of a few tokens dwarf all others.
     *
     * @param width columns at most; further tokens are left out
     */
    List<String> lines(int width, boolean colours) {
        int columns = Math.min(width, values.stream().mapToInt(row -> row.length).max().orElse(0));
        int margin = rows.stream().mapToInt(String::length).max().orElse(0);
        float[] sorted = sorted();
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            StringBuilder line = new StringBuilder(" ".repeat(margin - rows.get(row).length()));
            line.append(rows.get(row)).append(' ');
            for (int column = 0; column < columns; column++) {
                line.append(cell(rank(sorted, values.get(row)[column]), colours));
            }
            lines.add(line + (colours ? "\u001b[0m" : ""));
        }
        return lines;
    }

    float smallest() {
        return sorted()[0];
    }

    float largest() {
        float[] sorted = sorted();
        return sorted[sorted.length - 1];
    }

    private float[] sorted() {
        int size = values.stream().mapToInt(row -> row.length).sum();
        float[] all = new float[size];
        int at = 0;
        for (float[] row : values) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        Arrays.sort(all);
        return all;
    }

    private static double rank(float[] sorted, float value) {
        int found = Arrays.binarySearch(sorted, value);
        return sorted.length < 2 ? 1 : (double) Math.max(found, 0) / (sorted.length - 1);
    }

    private static String cell(double rank, boolean colours) {
        if (colours) {
            return "\u001b[48;5;%dm  ".formatted(COLOURS[(int) (rank * (COLOURS.length - 1))]);
        }
        return SHADES.charAt((int) (rank * (SHADES.length() - 1))) + "";
    }
}
