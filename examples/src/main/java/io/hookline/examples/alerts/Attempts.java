/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.Alert;
import java.util.List;

/** Tries to deliver alerts. */
@FunctionalInterface
interface Attempts {
    /** One try. */
    Outcome attempt(List<Alert> alerts) throws InterruptedException;

    /**
     * How it went.
     *
     * @param told what to tell when it did not go well
     */
    record Outcome(Kind kind, String told) {
        static final Outcome DELIVERED = new Outcome(Kind.DELIVERED, "");

        public Outcome {
            requireNonNull(kind, "kind");
            requireNonNull(told, "told");
        }

        /** It may go well later. */
        static Outcome later(String why) {
            return new Outcome(Kind.LATER, why);
        }

        /** The receiver will never take this. */
        static Outcome refused(String why) {
            return new Outcome(Kind.REFUSED, why);
        }
    }

    /** Whether to try again. */
    enum Kind {
        DELIVERED,
        LATER,
        REFUSED
    }
}
