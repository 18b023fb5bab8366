/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import java.time.Instant;
import java.util.List;

/** Signals for tests. */
public final class Seen {
    /** The module that they are of. */
    public static final String MODULE = "model.model.layers.2";

    private Seen() {}

    /** A signal {@code angry} of a probe. */
    public static Signal signal(String event, String tenant, double value, long time) {
        return Signal.newBuilder()
                .setRecordId("%032x".formatted(event.hashCode()))
                .setEventId(event)
                .setSource(new SourceRecord("events", 0, Math.abs((long) event.hashCode())))
                .setInvocation(0)
                .setModulePath(MODULE)
                .setIo("output")
                .setFirstToken(0)
                .setLastToken(9)
                .setName("angry")
                .setKind("probe")
                .setValue(value)
                .setModel("ticketlm")
                .setModelDigest("ab")
                .setEventTime(Instant.ofEpochMilli(time))
                .setTenant(tenant)
                .build();
    }

    /** The same on its way to the topic. */
    public static Envelope envelope(Signal signal) {
        return new Envelope(
                new Destination.Signals(),
                signal.getModulePath(),
                signal.getEventId(),
                AvroFraming.singleObject().encode(signal),
                List.of());
    }

    static Observation of(String event, double value, long time) {
        return Observation.of(signal(event, "t", value, time), List.of());
    }
}
