/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.util.Locale;
import java.util.Map;

/** Which changes of a signal matter. */
public enum Direction {
    UP,
    DOWN,
    BOTH;

    static final Map<String, Direction> BY_NAME =
            Map.of(UP.wireName(), UP, DOWN.wireName(), DOWN, BOTH.wireName(), BOTH);

    /** The name in rules. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean includesUp() {
        return this != DOWN;
    }

    boolean includesDown() {
        return this != UP;
    }
}
