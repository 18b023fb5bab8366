/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/** What one control event puts or removes. */
public sealed interface ControlEntry {
    /** What kind of thing it is. */
    ControlKind kind();

    /** Its name within the kind, never empty. */
    String name();

    /** From which event time on it holds; empty is at once. */
    Optional<Instant> effective();

    /** The Kafka key, {@code kind/name}. */
    default String key() {
        return kind().wireName() + "/" + name();
    }

    /**
     * A policy is put.
     *
     * @param body a program without invocations
     * @param match empty applies only to events that name the policy
     */
    record Policy(
            String name, Program body, Optional<PolicyMatch> match, Optional<Instant> effective)
            implements ControlEntry {
        public Policy {
            requireNonNull(name, "name");
            requireNonNull(body, "body");
            requireNonNull(match, "match");
            requireNonNull(effective, "effective");
        }

        @Override
        public ControlKind kind() {
            return ControlKind.POLICY;
        }
    }

    /** A vector is put. */
    record Vector(String name, TensorValue.Literal value, Optional<Instant> effective)
            implements ControlEntry {
        public Vector {
            requireNonNull(name, "name");
            requireNonNull(value, "value");
            requireNonNull(effective, "effective");
        }

        @Override
        public ControlKind kind() {
            return ControlKind.VECTOR;
        }
    }

    /** A model is put. */
    record Model(String name, ModelBody body, Optional<Instant> effective) implements ControlEntry {
        public Model {
            requireNonNull(name, "name");
            requireNonNull(body, "body");
            requireNonNull(effective, "effective");
        }

        @Override
        public ControlKind kind() {
            return ControlKind.MODEL;
        }
    }

    /**
     * A probe, or another signal that is measured, is put.
     *
     * @param match empty measures every event
     */
    record Probe(
            String name,
            SignalDefinition definition,
            Optional<PolicyMatch> match,
            Optional<Instant> effective)
            implements ControlEntry {
        public Probe {
            requireNonNull(name, "name");
            requireNonNull(definition, "definition");
            requireNonNull(match, "match");
            requireNonNull(effective, "effective");
        }

        @Override
        public ControlKind kind() {
            return ControlKind.PROBE;
        }
    }

    /**
     * Something of another kind is put, whose meaning is its consumer's.
     *
     * @param json the body as JSON text
     */
    record Document(
            ControlKind kind,
            String name,
            String json,
            Optional<PolicyMatch> match,
            Optional<Instant> effective)
            implements ControlEntry {
        public Document {
            requireNonNull(kind, "kind");
            requireNonNull(name, "name");
            requireNonNull(json, "json");
            requireNonNull(match, "match");
            requireNonNull(effective, "effective");
        }
    }

    /** Something is removed. */
    record Removal(ControlKind kind, String name, Optional<Instant> effective)
            implements ControlEntry {
        public Removal {
            requireNonNull(kind, "kind");
            requireNonNull(name, "name");
            requireNonNull(effective, "effective");
        }
    }
}
