/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What is watched by itself: a module, and a tenant, session or whatever else rules are keyed by.
 *
 * @param kind the key's name in rules
 * @param value empty for what has none
 */
public record Subject(String modulePath, String kind, Optional<String> value) {
    public Subject {
        requireNonNull(modulePath, "modulePath");
        requireNonNull(kind, "kind");
        requireNonNull(value, "value");
    }

    /** The subject that a record of that module belongs to by that key. */
    public static Subject of(String modulePath, SubjectKey key, Origin origin) {
        return new Subject(modulePath, key.wireName(), key.of(origin));
    }

    /** The subject as one text; different ones have different texts. */
    public String text() {
        String tail = value.map(text -> "=" + text).orElse("");
        return modulePath.length() + ":" + modulePath + kind.length() + ":" + kind + tail;
    }
}
