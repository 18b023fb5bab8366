/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Locale;

/** What results, dead letters and logs say of prompts. */
public enum PromptRedaction {
    /** Everything. */
    NONE,
    /** Their SHA-256, so that equal prompts can be told, and found by who knows them. */
    HASH,
    /** Nothing. */
    DROP;

    /** The name in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
