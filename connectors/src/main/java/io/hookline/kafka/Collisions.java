/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds topics that Kafka would not keep apart. */
final class Collisions {
    private record Owner(String topic, String name) {}

    private final Map<String, Owner> owners = new HashMap<>();
    private final List<String> problems;

    Collisions(List<String> problems) {
        this.problems = problems;
    }

    void add(String topic, String name) {
        Owner other = owners.putIfAbsent(topic.replace('.', '_'), new Owner(topic, name));
        if (other == null || other.name().equals(name)) {
            return;
        }
        problems.add(
                other.topic().equals(topic)
                        ? "%s and %s have the same topic '%s'".formatted(other.name(), name, topic)
                        : "the topics of %s and %s collide: Kafka does not tell '%s' from '%s'"
                                .formatted(other.name(), name, other.topic(), topic));
    }
}
