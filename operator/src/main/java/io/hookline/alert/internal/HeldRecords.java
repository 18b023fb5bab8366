/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Around;
import io.hookline.alert.Origin;
import io.hookline.alert.Rule;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.util.Optional;

/** Activation records that are held back until an alert wants them. */
final class HeldRecords {
    private HeldRecords() {}

    /** What the rule wants of records like that; empty when it does not want them. */
    static Optional<Around> wants(Rule rule, ActivationRecord record, Origin origin) {
        boolean fits =
                rule.selection().covers(record.getModulePath(), record.getIo())
                        && rule.selection().match().map(origin::fits).orElse(true);
        return fits
                ? rule.around().filter(around -> around.includes(record.getCache()))
                : Optional.empty();
    }

    /** The same record under another key. */
    static Envelope withKey(Envelope envelope, String key) {
        return new Envelope(
                envelope.destination(),
                key,
                envelope.spread(),
                envelope.value(),
                envelope.headers());
    }

    /** The record as it leaves the job, to the topic of its module. */
    static Envelope released(Envelope held) {
        String module = ((Destination.Held) held.destination()).modulePath();
        return new Envelope(
                new Destination.Activations(module),
                module,
                held.spread(),
                held.value(),
                held.headers());
    }
}
