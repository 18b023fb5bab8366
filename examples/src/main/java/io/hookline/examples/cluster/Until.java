/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import java.io.IOException;
import java.time.Duration;

/** Waiting for a condition that a process brings about. */
final class Until {
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private Until() {}

    /** A question whose answer may change. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws InterruptedException;
    }

    /**
     * Returns as soon as it holds.
     *
     * @throws IOException when it does not in time, or when the process has ended
     */
    static void holds(Duration within, String what, JavaProcess process, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.holds()) {
            process.requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "not within %d s: %s; see '%s'"
                                .formatted(within.toSeconds(), what, process.log()));
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }
}
