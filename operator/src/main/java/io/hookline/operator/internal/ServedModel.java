/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.Device;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import java.time.Duration;

/** A model that is open, with what runs events on it and writes what they come to. */
final class ServedModel {
    private final OpenModel open;
    private final long loadMillis;
    private final BatchRunner runner;
    private final OutcomeWriter writer;
    private final int attempts;
    private final String key;

    /**
     * How it came to be.
     *
     * @param number tells it from every other one of the subtask
     * @param millis that opening took; little where another subtask had it open
     */
    record Birth(long number, long millis) {}

    /**
     * @param attempts of an event that fails alone
     */
    ServedModel(OpenModel open, OutcomeWriter writer, int attempts, Birth birth) {
        this.open = open;
        this.loadMillis = birth.millis();
        this.runner = new BatchRunner(open.lease().runtime()::run, attempts);
        this.writer = writer;
        this.attempts = attempts;
        this.key = open.lease().runtime().info().name() + "#" + birth.number();
    }

    ModelRuntime runtime() {
        return open.lease().runtime();
    }

    ModelInfo info() {
        return runtime().info();
    }

    /** How long opening it took. */
    long loadMillis() {
        return loadMillis;
    }

    Device device() {
        return open.device();
    }

    BatchRunner runner() {
        return runner;
    }

    /** How often an event is tried that fails alone. */
    int attempts() {
        return attempts;
    }

    OutcomeWriter writer() {
        return writer;
    }

    /** What batches tell it by. */
    String key() {
        return key;
    }

    /** Lets go of the model; waits for runs in progress when nobody else has it. */
    void release() {
        open.lease().close();
    }

    /** Lets go of the model, which stays loaded that long for who may come back. */
    void leave(Duration keepWarm) {
        open.lease().leave(keepWarm);
    }
}
