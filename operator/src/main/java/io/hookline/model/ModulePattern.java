/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A glob over module paths: {@code *} inside one segment, {@code **} over segments, {@code [0:4]}
 * after a list module for some of its children, negative bounds counting from the list's end.
 * Matching takes time in proportion to the lengths of both, since events bring globs: a regular
 * expression of many stars would never end.
 */
public final class ModulePattern {
    private static final Pattern TOKEN = Pattern.compile("\\*\\*|\\*|\\[(-?\\d*):(-?\\d*)]");
    private static final int MOST_DIGITS = 9;

    /** A path, and how many children a list module has, by its path. */
    private record Subject(String path, ToIntFunction<String> lengths) {}

    /** A piece of the glob: takes from a place in a path those that it may end at. */
    @FunctionalInterface
    private interface Piece {
        void match(Subject subject, int from, BitSet ends);
    }

    private final List<Piece> pieces = new ArrayList<>();

    private ModulePattern(String glob) {
        Matcher token = TOKEN.matcher(glob);
        int from = 0;
        String before = "";
        while (token.find()) {
            boolean again = token.start() == from && token.group().equals(before);
            addLiteral(glob.substring(from, token.start()));
            from = token.end();
            before = token.group();
            if (!again || before.startsWith("[")) {
                pieces.add(piece(token));
            }
        }
        addLiteral(glob.substring(from));
    }

    /** The pattern that a glob, or a plain path, stands for. */
    public static ModulePattern of(String glob) {
        return new ModulePattern(glob);
    }

    static boolean isGlob(String text) {
        return TOKEN.matcher(text).find();
    }

    /**
     * Whether the glob fits a path.
     *
     * @param lengths how many children a list module has, by its path
     */
    public boolean matches(String path, ToIntFunction<String> lengths) {
        Subject subject = new Subject(path, lengths);
        BitSet reached = new BitSet();
        reached.set(0);
        for (Piece piece : pieces) {
            BitSet next = new BitSet();
            for (int at = reached.nextSetBit(0); at >= 0; at = reached.nextSetBit(at + 1)) {
                piece.match(subject, at, next);
            }
            if (next.isEmpty()) {
                return false;
            }
            reached = next;
        }
        return reached.get(path.length());
    }

    private void addLiteral(String text) {
        if (!text.isEmpty()) {
            pieces.add(
                    (subject, from, ends) -> {
                        if (subject.path().startsWith(text, from)) {
                            ends.set(from + text.length());
                        }
                    });
        }
    }

    private static Piece piece(Matcher token) {
        return switch (token.group()) {
            case "**" -> (subject, from, ends) -> ends.set(from, subject.path().length() + 1);
            case "*" ->
                    (subject, from, ends) -> ends.set(from, segmentEnd(subject.path(), from) + 1);
            default -> children(bound(token.group(1), 0), bound(token.group(2), Integer.MAX_VALUE));
        };
    }

    private static int segmentEnd(String path, int from) {
        int dot = path.indexOf('.', from);
        return dot < 0 ? path.length() : dot;
    }

    private static Piece children(int first, int end) {
        return (subject, from, ends) -> {
            String path = subject.path();
            int digits = from + 1;
            while (digits < path.length() && Character.isDigit(path.charAt(digits))) {
                digits++;
            }
            if (from < path.length() && path.charAt(from) == '.' && digits > from + 1) {
                int index = bound(path.substring(from + 1, digits), 0);
                int length =
                        first < 0 || end < 0
                                ? subject.lengths().applyAsInt(path.substring(0, from))
                                : 0;
                if (index >= counted(first, length) && index < counted(end, length)) {
                    ends.set(digits);
                }
            }
        };
    }

    private static int counted(int bound, int length) {
        return bound < 0 ? bound + length : bound;
    }

    /** The number; one that is longer than any index is as good as the largest. */
    private static int bound(String text, int otherwise) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        if (digits.isEmpty()) {
            return otherwise;
        }
        if (digits.length() > MOST_DIGITS) {
            return text.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        return Integer.parseInt(text);
    }
}
