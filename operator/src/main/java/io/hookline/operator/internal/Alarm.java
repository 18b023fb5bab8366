/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.OptionalLong;
import org.apache.flink.util.function.ThrowingRunnable;

/** One action that runs once at the earliest of the times it was set to. */
final class Alarm {
    private final TaskThread task;
    private final ThrowingRunnable<Exception> action;
    private OptionalLong armed = OptionalLong.empty();

    Alarm(TaskThread task, ThrowingRunnable<Exception> action) {
        this.task = task;
        this.action = action;
    }

    /** Has the action run at that time, unless it will run earlier. */
    void set(long time) {
        if (armed.isEmpty() || time < armed.getAsLong()) {
            armed = OptionalLong.of(time);
            task.at(time, () -> ring(time));
        }
    }

    private void ring(long time) throws Exception {
        if (armed.isPresent() && armed.getAsLong() == time) {
            armed = OptionalLong.empty();
            action.run();
        }
    }
}
