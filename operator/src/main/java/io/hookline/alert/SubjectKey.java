/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** What tells apart the subjects that a rule watches separately at one module. */
public sealed interface SubjectKey {
    /** The name in rules. */
    String wireName();

    /** The subject that the record belongs to; those that say nothing belong together. */
    Optional<String> of(Origin origin);

    /** Everything at the module belongs together. */
    record Nothing() implements SubjectKey {
        @Override
        public String wireName() {
            return "none";
        }

        @Override
        public Optional<String> of(Origin origin) {
            return Optional.empty();
        }
    }

    /** By the event's tenant. */
    record Tenant() implements SubjectKey {
        @Override
        public String wireName() {
            return "tenant";
        }

        @Override
        public Optional<String> of(Origin origin) {
            return origin.tenant();
        }
    }

    /** By the event's session. */
    record Session() implements SubjectKey {
        @Override
        public String wireName() {
            return "session";
        }

        @Override
        public Optional<String> of(Origin origin) {
            return origin.session();
        }
    }

    /** Each event by itself. */
    record Event() implements SubjectKey {
        @Override
        public String wireName() {
            return "event";
        }

        @Override
        public Optional<String> of(Origin origin) {
            return Optional.of(origin.eventId());
        }
    }

    /** By the model's version, of a model without one by the digest of its file. */
    record ModelVersion() implements SubjectKey {
        @Override
        public String wireName() {
            return "model_version";
        }

        @Override
        public Optional<String> of(Origin origin) {
            return origin.modelVersion().or(() -> Optional.of(origin.digest()));
        }
    }

    /** By a header of the event. */
    record Header(String name) implements SubjectKey {
        public Header {
            requireNonNull(name, "name");
        }

        @Override
        public String wireName() {
            return "header:" + name;
        }

        @Override
        public Optional<String> of(Origin origin) {
            return Optional.ofNullable(origin.headers().get(name));
        }
    }
}
