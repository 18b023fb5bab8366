/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.schema.SourceRecord;
import java.util.Optional;

/**
 * Where an event was read, as a text that fits into an address.
 *
 * @param text partition, offset and topic with colons between them
 */
record EventKey(String text) {
    static EventKey of(SourceRecord source) {
        return new EventKey(
                source.getPartition() + ":" + source.getOffset() + ":" + source.getTopic());
    }

    /** The position; empty when the text is none. */
    Optional<SourceRecord> source() {
        String[] parts = text.split(":", 3);
        try {
            return parts.length < 3
                    ? Optional.empty()
                    : Optional.of(
                            new SourceRecord(
                                    parts[2],
                                    Integer.parseInt(parts[0]),
                                    Long.parseLong(parts[1])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
