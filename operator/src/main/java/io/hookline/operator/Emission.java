/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Locale;

/** When an event's records leave the operator. */
public enum Emission {
    /** Together, when the event has ended. */
    EVENT,
    /** Step by step while it runs. */
    STEP;

    /** The name in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
