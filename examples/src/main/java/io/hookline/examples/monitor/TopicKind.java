/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Alert;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.Signal;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What a topic holds, as far as the monitor reads it. */
enum TopicKind {
    RESULTS(500, InvocationResult.class),
    DEAD_LETTERS(500, DeadLetter.class),
    SIGNALS(5_000, Signal.class),
    ALERTS(1_000, Alert.class),
    MODELS(1_000, ModelDescriptor.class),
    CONTROL(100_000, null),
    ACTIVATIONS(200, ActivationRecord.class);

    private final long backlog;
    private final @Nullable Class<? extends SpecificRecord> type;

    TopicKind(long backlog, @Nullable Class<? extends SpecificRecord> type) {
        this.backlog = backlog;
        this.type = type;
    }

    /** How many records from before the monitor's start are read, for each partition. */
    long backlog() {
        return backlog;
    }

    /** What its values are; empty for control events, which are no records. */
    Optional<Class<? extends SpecificRecord>> type() {
        return Optional.ofNullable(type);
    }
}
