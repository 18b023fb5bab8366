/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.Locale;

/** Which value of a module is meant. */
public enum Io {
    INPUT,
    OUTPUT,
    /** The attention probabilities {@code [heads, tokens, keys]} of an attention module. */
    ATTENTION;

    /** The name in programs and records. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
