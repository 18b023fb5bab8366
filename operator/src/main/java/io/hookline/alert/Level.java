/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

/** What a detector says after a signal. */
public enum Level {
    /** What it looks for is there. */
    RAISED,
    /** Whatever was before still holds. */
    HELD,
    /** It is not, or no longer, there. */
    CLEAR
}
