/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How much an alert matters. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    static final Map<String, Severity> BY_NAME = byName();

    /** The name in rules and alerts. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Severity> byName() {
        Map<String, Severity> names = new LinkedHashMap<>();
        for (Severity severity : values()) {
            names.put(severity.wireName(), severity);
        }
        return names;
    }
}
