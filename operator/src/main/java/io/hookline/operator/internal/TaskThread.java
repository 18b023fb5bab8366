/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.departure.TimeMark;
import io.hookline.program.Problem;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.util.function.ThrowingRunnable;

/** What the pipeline needs of the one thread that owns it. */
interface TaskThread {
    /** Milliseconds now. */
    long now();

    /** Runs something on this thread at that time. */
    void at(long time, ThrowingRunnable<Exception> then);

    /** Runs something on this thread soon, after whatever else is waiting for it. */
    void execute(ThrowingRunnable<Exception> then);

    /** Waits for something to run on this thread, and runs it. */
    void await() throws InterruptedException;

    /**
     * Makes destinations ready and goes on here, at once when they are and else later, with what
     * keeps them from ever being so. Nothing else waits meanwhile.
     */
    void prepare(Collection<Destination> destinations, Consumer<Optional<Problem>> then);

    /** Hands an envelope on. */
    void emit(Envelope envelope, OptionalLong timestamp);

    /** Hands a mark on. */
    void emit(TimeMark mark);
}
