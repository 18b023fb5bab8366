/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/** One way for events, open for many rounds. */
interface Lane extends AutoCloseable {
    /** Takes so many events from one end to the other. */
    void run(int events) throws Exception;

    @Override
    void close();
}
