/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.Objects.requireNonNull;

/** Where an event was read: the one identity of an event that its sender cannot choose. */
public record SourcePosition(String topic, int partition, long offset) {
    public SourcePosition {
        requireNonNull(topic, "topic");
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
