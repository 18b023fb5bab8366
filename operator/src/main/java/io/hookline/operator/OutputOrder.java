/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Locale;

/** In which order the outputs of events leave the operator. */
public enum OutputOrder {
    /** As soon as they are ready; a watermark waits for every event that arrived before it. */
    UNORDERED,
    /** As the events arrived. */
    ORDERED;

    /** The name in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
