/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.util.ArrayList;
import java.util.List;

/** Text in columns of fixed width. */
final class Columns {
    private static final String GAP = "   ";

    private Columns() {}

    /** Two texts side by side, each wrapped at spaces. */
    static List<String> sideBySide(String left, String right, int width) {
        List<String> leftLines = wrapped(left, width);
        List<String> rightLines = wrapped(right, width);
        List<String> lines = new ArrayList<>();
        for (int line = 0; line < Math.max(leftLines.size(), rightLines.size()); line++) {
            String first = line < leftLines.size() ? leftLines.get(line) : "";
            String second = line < rightLines.size() ? rightLines.get(line) : "";
            lines.add((first + " ".repeat(width - first.length()) + GAP + second).stripTrailing());
        }
        return lines;
    }

    /** The text in lines of at most that width; longer words are cut. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.strip().split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.strip().split(" +", -1)) {
                String rest = word;
                if (line.length() > 0 && line.length() + 1 + rest.length() > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                while (rest.length() > width) {
                    lines.add(rest.substring(0, width));
                    rest = rest.substring(width);
                }
                line.append(line.length() > 0 ? " " : "").append(rest);
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
