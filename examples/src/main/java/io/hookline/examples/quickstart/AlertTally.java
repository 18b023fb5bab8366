/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.schema.Alert;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The alerts that came, by the event that each is about, and when a reader saw them first. */
final class AlertTally {
    private final Map<String, Map<String, Seen>> byEvent = new LinkedHashMap<>();
    private final Set<String> changes = new HashSet<>();

    /**
     * An alert that fires.
     *
     * @param nanos when it was seen, as {@link System#nanoTime} counts
     */
    record Seen(Alert alert, long nanos) {}

    /** Enters an alert; false when it was there before. */
    boolean enter(Alert alert, long nanos) {
        boolean isNew =
                changes.add(alert.getFingerprint() + alert.getState() + alert.getStartedAt());
        if (isNew && alert.getState().equals("firing")) {
            for (String event : alert.getEventIds()) {
                byEvent.computeIfAbsent(event, each -> new HashMap<>())
                        .put(alert.getRule(), new Seen(alert, nanos));
            }
        }
        return isNew;
    }

    /** Whether any rule fired for that event. */
    boolean hasAny(String event) {
        return byEvent.containsKey(event);
    }

    /** The alert of that rule for that event, if it fired. */
    Optional<Seen> find(String event, String rule) {
        return Optional.ofNullable(byEvent.getOrDefault(event, Map.of()).get(rule));
    }
}
