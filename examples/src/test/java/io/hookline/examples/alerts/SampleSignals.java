/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.schema.Signal;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import java.time.Instant;

/** Signals as a job writes them. */
public final class SampleSignals {
    private SampleSignals() {}

    /** A signal of a probe, framed. */
    public static byte[] bytes(String event, String name, double value, long time) {
        return AvroFraming.singleObject()
                .encode(
                        Signal.newBuilder()
                                .setRecordId("id-" + event)
                                .setEventId(event)
                                .setSource(new SourceRecord("events", 0, time))
                                .setInvocation(0)
                                .setModulePath("model.model.layers.2")
                                .setIo("output")
                                .setFirstToken(0)
                                .setLastToken(0)
                                .setName(name)
                                .setKind("probe")
                                .setValue(value)
                                .setModel("ticketlm")
                                .setModelDigest("ab")
                                .setEventTime(Instant.ofEpochMilli(time))
                                .build());
    }
}
