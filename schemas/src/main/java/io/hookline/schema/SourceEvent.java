/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One event or control event as it was read: its bytes, untouched, and where they came from. It is
 * understood in the operator, so that whatever is wrong with it ends in one place with the original
 * bytes at hand.
 *
 * @param timestamp the Kafka timestamp, in epoch milliseconds
 */
public record SourceEvent(
        SourcePosition position,
        long timestamp,
        EventFormat format,
        byte[] key,
        byte[] value,
        List<Header> headers) {
    public SourceEvent {
        requireNonNull(position, "position");
        requireNonNull(format, "format");
        requireNonNull(key, "key");
        requireNonNull(value, "value");
        headers = List.copyOf(headers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceEvent that
                && position.equals(that.position)
                && timestamp == that.timestamp
                && format == that.format
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(position, timestamp, format);
    }
}
