/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets events into a job, so many at a time, and counts those that came out. Found by its name,
 * since a job's functions travel by serialisation.
 */
final class Turnstile {
    private static final Map<String, Turnstile> BY_NAME = new ConcurrentHashMap<>();
    private static final long LOOK_EVERY_MS = 1_000;

    private CompletableFuture<Void> opening = new CompletableFuture<>();
    private volatile long allowed;
    private long ended;

    /** Says whether there is still somebody to wait for. */
    @FunctionalInterface
    interface Alive {
        /** Throws when there is not. */
        void check() throws Exception;
    }

    static Turnstile of(String name) {
        return BY_NAME.computeIfAbsent(name, key -> new Turnstile());
    }

    /** Whether the event of that number, from 0 on, may go in. */
    boolean isOpen(long number) {
        return number < allowed;
    }

    /** Completes when that event may go in. */
    synchronized CompletableFuture<Void> opens(long number) {
        return isOpen(number) ? CompletableFuture.completedFuture(null) : opening;
    }

    /** An event has come out. */
    synchronized void end() {
        ended++;
        if (ended == allowed) {
            notifyAll();
        }
    }

    /** Lets so many more in. */
    synchronized void allow(long events) {
        allowed += events;
        CompletableFuture<Void> opened = opening;
        opening = new CompletableFuture<>();
        opened.complete(null);
    }

    /** Waits until all that were let in have come out. */
    synchronized void awaitAll(Alive alive) throws Exception {
        while (ended < allowed) {
            wait(LOOK_EVERY_MS);
            alive.check();
        }
    }
}
