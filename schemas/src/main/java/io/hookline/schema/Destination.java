/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.Objects.requireNonNull;

/** Where an envelope goes. The sink maps a destination to a topic; nothing else knows topics. */
public sealed interface Destination {
    /** The result of one event. */
    record Results() implements Destination {}

    /** Activations of one module, e.g. {@code model.model.layers.0.mlp}. */
    record Activations(String modulePath) implements Destination {
        public Activations {
            requireNonNull(modulePath, "modulePath");
        }
    }

    /**
     * Activations of one module that leave the job only around an alert; on their way to what
     * decides that.
     */
    record Held(String modulePath) implements Destination {
        public Held {
            requireNonNull(modulePath, "modulePath");
        }
    }

    /** Scalars derived from activations. */
    record Signals() implements Destination {}

    /** Alerts, firing and resolved. */
    record Alerts() implements Destination {}

    /** Events that ended without a result, with their original bytes. */
    record DeadLetters() implements Destination {}

    /** Descriptors of the models that a job runs. */
    record Models() implements Destination {}
}
