/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.CaptureMemory;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import java.time.Duration;
import java.util.List;

/** A model that is open, with what runs events on it and writes what they come to. */
final class ServedModel {
    private final OpenModel open;
    private final long loadMillis;
    private final OutcomeWriter writer;
    private final Course course;
    private final String key;

    /**
     * How it came to be.
     *
     * @param number tells it from every other one of the subtask
     * @param millis that opening took; little where another subtask had it open
     */
    record Birth(long number, long millis) {}

    /**
     * How events run.
     *
     * @param attempts of an event that fails alone
     * @param padding that a pass may have, as a share of its positions
     */
    record Course(int attempts, double padding) {}

    ServedModel(OpenModel open, OutcomeWriter writer, Course course, Birth birth) {
        this.open = open;
        this.loadMillis = birth.millis();
        this.writer = writer;
        this.course = course;
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

    /**
     * Runs one batch.
     *
     * @param memory what captures may lie in
     */
    BatchRunner runner(CaptureMemory memory) {
        return new BatchRunner(new Batches(memory), course.attempts());
    }

    /** Whether traces of different lengths share batches. */
    boolean pads() {
        return course.padding() > 0 && runtime().pads();
    }

    /** Batches on this model. */
    private final class Batches implements BatchRunner.Engine {
        private final CaptureMemory memory;

        private Batches(CaptureMemory memory) {
            this.memory = memory;
        }

        @Override
        public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
            return runtime().run(batch, memory);
        }

        @Override
        public Turns attempt(List<PlannedTrace> batch) throws RuntimeInferenceException {
            return runtime().attempt(batch, course.padding(), memory);
        }
    }

    /** How often an event is tried that fails alone. */
    int attempts() {
        return course.attempts();
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
