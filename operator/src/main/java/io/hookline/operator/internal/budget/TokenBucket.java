/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

/**
 * Bytes that may be spent, which come in steadily. Time is what the caller says it is; what was
 * spent without being there is made up for first.
 */
final class TokenBucket {
    private final double bytesPerMilli;
    private final double capacity;
    private double level;
    private long since;

    /**
     * A bucket that is full.
     *
     * @param capacity bytes that may be spent at once after a pause
     */
    TokenBucket(double bytesPerSecond, double capacity, long now) {
        this.bytesPerMilli = bytesPerSecond / 1000;
        this.capacity = capacity;
        this.level = capacity;
        this.since = now;
    }

    /** Whether so many bytes may be spent; of more than ever fit in, when the bucket is full. */
    boolean allows(long bytes, long now) {
        if (now > since) {
            level = Math.min(capacity, level + (double) (now - since) * bytesPerMilli);
            since = now;
        }
        return level >= Math.min((double) bytes, capacity);
    }

    /** Spends so many bytes, whether they are there or not. */
    void spend(long bytes) {
        level -= (double) bytes;
    }
}
