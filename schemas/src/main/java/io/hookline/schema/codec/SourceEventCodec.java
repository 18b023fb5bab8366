/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** A source event in state and on an edge: a version byte, then its fields in order. */
public final class SourceEventCodec {
    /** The version that is written. */
    public static final int VERSION = 1;

    /** By the number that stands for each. */
    private static final List<EventFormat> FORMATS = List.of(EventFormat.JSON, EventFormat.AVRO);

    private SourceEventCodec() {}

    /** Writes the event. */
    public static void write(SourceEvent event, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        BinaryFields.writeText(event.position().topic(), out);
        out.writeInt(event.position().partition());
        out.writeLong(event.position().offset());
        out.writeLong(event.timestamp());
        out.writeByte(FORMATS.indexOf(event.format()));
        BinaryFields.writeBytes(event.key(), out);
        BinaryFields.writeBytes(event.value(), out);
        BinaryFields.writeHeaders(event.headers(), out);
    }

    /**
     * Reads an event of any version so far.
     *
     * @throws IOException also when the version is unknown or the bytes are no event
     */
    public static SourceEvent read(DataInput in) throws IOException {
        BinaryFields.readVersion(in, VERSION, "a source event");
        var position = new SourcePosition(BinaryFields.readText(in), in.readInt(), in.readLong());
        return new SourceEvent(
                position,
                in.readLong(),
                BinaryFields.readChoice(in, FORMATS, "format"),
                BinaryFields.readBytes(in),
                BinaryFields.readBytes(in),
                BinaryFields.readHeaders(in));
    }
}
