/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/** One Kafka header, carried from an event to everything that comes of it. */
public record Header(String key, byte[] value) {
    public Header {
        requireNonNull(key, "key");
        requireNonNull(value, "value");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Header that
                && key.equals(that.key)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }
}
