/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** An envelope in state and on an edge: a version byte, then its fields in order. */
public final class EnvelopeCodec {
    /** The version that is written. */
    public static final int VERSION = 1;

    /** By the number that stands for each; behind those of modules follows the path. */
    private static final List<Destination> DESTINATIONS =
            List.of(
                    new Destination.Activations(""),
                    new Destination.Results(),
                    new Destination.Signals(),
                    new Destination.Alerts(),
                    new Destination.DeadLetters(),
                    new Destination.Models(),
                    new Destination.Held(""));

    private EnvelopeCodec() {}

    /** Writes the envelope. */
    public static void write(Envelope envelope, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        writeDestination(envelope.destination(), out);
        BinaryFields.writeText(envelope.key(), out);
        BinaryFields.writeText(envelope.spread(), out);
        BinaryFields.writeBytes(envelope.value(), out);
        BinaryFields.writeHeaders(envelope.headers(), out);
    }

    /**
     * Reads an envelope of any version so far.
     *
     * @throws IOException also when the version is unknown or the bytes are no envelope
     */
    public static Envelope read(DataInput in) throws IOException {
        BinaryFields.readVersion(in, VERSION, "an envelope");
        return new Envelope(
                readDestination(in),
                BinaryFields.readText(in),
                BinaryFields.readText(in),
                BinaryFields.readBytes(in),
                BinaryFields.readHeaders(in));
    }

    private static void writeDestination(Destination destination, DataOutput out)
            throws IOException {
        if (destination instanceof Destination.Activations activations) {
            out.writeByte(DESTINATIONS.indexOf(new Destination.Activations("")));
            BinaryFields.writeText(activations.modulePath(), out);
        } else if (destination instanceof Destination.Held held) {
            out.writeByte(DESTINATIONS.indexOf(new Destination.Held("")));
            BinaryFields.writeText(held.modulePath(), out);
        } else {
            out.writeByte(DESTINATIONS.indexOf(destination));
        }
    }

    private static Destination readDestination(DataInput in) throws IOException {
        Destination destination = BinaryFields.readChoice(in, DESTINATIONS, "destination");
        if (destination instanceof Destination.Activations) {
            return new Destination.Activations(BinaryFields.readText(in));
        }
        return destination instanceof Destination.Held
                ? new Destination.Held(BinaryFields.readText(in))
                : destination;
    }
}
