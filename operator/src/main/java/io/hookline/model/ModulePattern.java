/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A glob over module paths: {@code *} inside one segment, {@code **} over segments, {@code [0:4]}
 * after a list module for some of its children; negative bounds count from the list's end.
 */
public final class ModulePattern {
    private static final Pattern TOKEN =
            Pattern.compile("\\*\\*|\\*|\\[(-?\\d{0,9}):(-?\\d{0,9})]");

    private final Pattern regex;
    private final java.util.List<int[]> ranges = new java.util.ArrayList<>();

    private ModulePattern(String glob) {
        StringBuilder out = new StringBuilder();
        Matcher token = TOKEN.matcher(glob);
        int from = 0;
        while (token.find()) {
            out.append(Pattern.quote(glob.substring(from, token.start())));
            out.append(translated(token));
            from = token.end();
        }
        this.regex = Pattern.compile(out.append(Pattern.quote(glob.substring(from))).toString());
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
        Matcher matcher = regex.matcher(path);
        if (!matcher.matches()) {
            return false;
        }
        for (int group = 0; group < ranges.size(); group++) {
            int index = Integer.parseInt(matcher.group(group + 1));
            String list = path.substring(0, matcher.start(group + 1) - 1);
            int[] range = ranges.get(group);
            if (index < counted(range[0], list, lengths)
                    || index >= counted(range[1], list, lengths)) {
                return false;
            }
        }
        return true;
    }

    private static int counted(int bound, String list, ToIntFunction<String> lengths) {
        return bound < 0 ? bound + lengths.applyAsInt(list) : bound;
    }

    private String translated(Matcher token) {
        if (token.group().equals("**")) {
            return ".*";
        }
        if (token.group().equals("*")) {
            return "[^.]*";
        }
        ranges.add(new int[] {bound(token.group(1), 0), bound(token.group(2), Integer.MAX_VALUE)});
        return "\\.(\\d{1,9})";
    }

    private static int bound(String text, int otherwise) {
        return text.isEmpty() ? otherwise : Integer.parseInt(text);
    }
}
