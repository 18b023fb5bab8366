/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import io.hookline.operator.InvocationSettings.Batching;

/**
 * What the recent past says about the batches of one key: how large they may be to run in time, and
 * whether it is worth waiting for more events. Time is what the caller says it is.
 */
final class BatchFlow {
    /** What an arrival adds to the mean of the gaps between arrivals. */
    private static final double WEIGHT = 0.25;

    private final Batching batching;
    private int target;
    private long lastArrival = -1;
    private double gap = -1;

    BatchFlow(Batching batching) {
        this.batching = batching;
        this.target = batching.maxSize();
    }

    /** An event has arrived. */
    void arrived(long now) {
        if (lastArrival >= 0) {
            // What is longer than anybody waits says no more than that; a burst is seen at once.
            double latest =
                    Math.min((double) (now - lastArrival), 2.0 * batching.maxWait().toMillis() + 1);
            gap = gap < 0 ? latest : gap + WEIGHT * (latest - gap);
        }
        lastArrival = now;
    }

    /**
     * A batch has run. One that took too long was too large; when a full one took less than half of
     * what it may, the next may be larger.
     */
    void ran(int size, long millis) {
        if (batching.targetLatency().isEmpty()) {
            return;
        }
        long allowed = batching.targetLatency().get().toMillis();
        if (millis > allowed) {
            long fitting = size * allowed / millis;
            target = (int) Math.max(1, Math.min(target, fitting));
        } else if (size >= target && millis * 2 <= allowed) {
            target = Math.min(batching.maxSize(), target + Math.max(1, target / 4));
        }
    }

    /** Events that a batch should have at most. */
    int target() {
        return target;
    }

    /** Whether another event is likely to come before that time. */
    boolean isExpected(long until) {
        return gap < 0 || (double) lastArrival + gap <= until;
    }
}
