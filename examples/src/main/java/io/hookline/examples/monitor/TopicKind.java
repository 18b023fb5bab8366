/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

/** What a topic holds, as far as the monitor reads it. */
enum TopicKind {
    RESULTS(500),
    DEAD_LETTERS(500),
    SIGNALS(5_000),
    ALERTS(1_000),
    MODELS(1_000),
    CONTROL(100_000),
    ACTIVATIONS(200);

    private final long backlog;

    TopicKind(long backlog) {
        this.backlog = backlog;
    }

    /** How many records from before the monitor's start are read, for each partition. */
    long backlog() {
        return backlog;
    }
}
