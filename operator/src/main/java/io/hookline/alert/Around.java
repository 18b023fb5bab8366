/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Which held activation records leave with an alert: those of its module and key, of the event that
 * raised it and of events around it.
 *
 * @param before events before it at most
 * @param after events after it
 * @param maxBytes what is kept of one module and key at most
 * @param cache the cache policy whose records are meant; empty for all
 */
public record Around(int before, int after, int maxBytes, Optional<String> cache) {
    /** What a key keeps stays small. */
    static final int MOST = 1000;

    public Around {
        requireNonNull(cache, "cache");
        if (before < 0 || before > MOST || after < 0 || after > MOST || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "'around' needs before and after from 0 to %d and maxBytes of at least 1, got %d, %d and %d"
                            .formatted(MOST, before, after, maxBytes));
        }
    }

    /** Whether records of that cache policy are meant. */
    public boolean includes(String policy) {
        return cache.map(policy::equals).orElse(true);
    }

    /** What has to be kept for both. */
    public static Around larger(Around one, Around other) {
        return new Around(
                Math.max(one.before, other.before),
                Math.max(one.after, other.after),
                Math.max(one.maxBytes, other.maxBytes),
                Optional.empty());
    }
}
