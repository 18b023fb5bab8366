/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the control topic holds. */
public enum ControlKind {
    /** A program without invocations. */
    POLICY,
    /** A named tensor. */
    VECTOR,
    /** A linear read-out of activations, or another signal of them. */
    PROBE,
    /** An alert rule. */
    RULE,
    /** A model to serve. */
    MODEL;

    static final Map<String, ControlKind> BY_NAME = byName();

    /** The name in control events and Kafka keys, e.g. {@code policy}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, ControlKind> byName() {
        Map<String, ControlKind> kinds = new LinkedHashMap<>();
        Arrays.stream(values()).forEach(kind -> kinds.put(kind.wireName(), kind));
        return Collections.unmodifiableMap(kinds);
    }
}
