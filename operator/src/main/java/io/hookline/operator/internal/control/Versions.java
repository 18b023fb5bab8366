/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import java.util.Map;

/**
 * Which versions acted on an event, by name. A version is an offset in the control topic, -1 for
 * what the event brought itself.
 */
public record Versions(
        Map<String, Long> policies, Map<String, Long> interventions, Map<String, Long> vectors) {
    /** None. */
    public static final Versions NONE = new Versions(Map.of(), Map.of(), Map.of());

    public Versions {
        policies = Map.copyOf(policies);
        interventions = Map.copyOf(interventions);
        vectors = Map.copyOf(vectors);
    }
}
