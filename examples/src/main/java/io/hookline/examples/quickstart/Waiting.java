/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A line that shows that something goes on: rewritten on a terminal, else repeated now and then.
 */
final class Waiting implements AutoCloseable {
    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long ELSEWHERE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream err;
    private final boolean terminal;
    private final long begun = System.nanoTime();
    private long shown;

    /**
     * A line on that stream.
     *
     * @param terminal whether lines can be rewritten there
     */
    Waiting(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
        this.shown = begun + FIRST_NANOS - (terminal ? TERMINAL_NANOS : ELSEWHERE_NANOS);
    }

    /** Shows how far it is, when it is time to. */
    void at(String state) {
        long now = System.nanoTime();
        if (now - shown < (terminal ? TERMINAL_NANOS : ELSEWHERE_NANOS)) {
            return;
        }
        shown = now;
        String line =
                "      … %s, %d s".formatted(state, TimeUnit.NANOSECONDS.toSeconds(now - begun));
        if (terminal) {
            err.print(CLEAR_LINE + line);
            err.flush();
        } else {
            err.println(line);
        }
    }

    /** Runs something, and shows what until it is done. */
    static <T> T during(PrintStream err, boolean terminal, String what, Callable<T> work)
            throws Exception {
        try (Waiting waiting = new Waiting(err, terminal)) {
            ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
            Future<?> tick =
                    ticks.scheduleAtFixedRate(
                            () -> waiting.at(what), 1000, 200, TimeUnit.MILLISECONDS);
            try {
                return work.call();
            } finally {
                tick.cancel(false);
                ticks.shutdown();
                ticks.awaitTermination(1, TimeUnit.SECONDS);
            }
        }
    }

    @Override
    public void close() {
        if (terminal) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }
}
