/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One record on its way out: everything that the sink needs, and nothing that it has to understand.
 *
 * @param key the Kafka key: module path of activations and signals, event id of results and dead
 *     letters, fingerprint of alerts
 * @param spread what the partition is chosen by: the event's id, so that one event's records of a
 *     module stay in order while events spread over partitions
 * @param value the framed Avro record; empty for a record without a value, which ends what a
 *     compacted topic holds of the key
 */
public record Envelope(
        Destination destination, String key, String spread, byte[] value, List<Header> headers) {
    public Envelope {
        requireNonNull(destination, "destination");
        requireNonNull(key, "key");
        requireNonNull(spread, "spread");
        requireNonNull(value, "value");
        headers = List.copyOf(headers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Envelope that
                && destination.equals(that.destination)
                && key.equals(that.key)
                && spread.equals(that.spread)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(destination, key, spread, Arrays.hashCode(value));
    }
}
