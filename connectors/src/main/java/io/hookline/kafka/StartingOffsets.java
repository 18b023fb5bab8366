/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.util.Locale;

/** Where a job that starts without state begins to read its events. */
public enum StartingOffsets {
    /** At the oldest event that the topic still has. */
    EARLIEST,
    /** Where the consumer group stopped; at the oldest event when it never read. */
    COMMITTED,
    /** At the first event that is not older than a given time. */
    TIMESTAMP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
