/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.codec.SourceEventCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An in-flight event in state: a version byte, then its fields in order. */
final class InFlightCodec {
    /** The version that is written. */
    static final int VERSION = 2;

    /** Had a step, always 0, and outputs that left invocation by invocation. */
    private static final int BY_INVOCATION_ONLY = 1;

    private InFlightCodec() {}

    static void write(InFlightElement element, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        SourceEventCodec.write(element.event(), out);
        out.writeBoolean(element.timestamp().isPresent());
        out.writeLong(element.timestamp().orElse(0));
        out.writeInt(element.controls().size());
        for (ControlRef control : element.controls()) {
            writeText(control.key(), out);
            out.writeLong(control.version());
            writeText(control.digest(), out);
        }
        writeProgress(element.progress(), out);
    }

    private static void writeProgress(Progress progress, DataOutput out) throws IOException {
        out.writeByte(progress.sequence() == OutputSequence.BY_STEP ? 0 : 1);
        out.writeInt(progress.left());
        out.writeInt(progress.generated().size());
        for (int[] tokens : progress.generated()) {
            out.writeInt(tokens.length);
            for (int token : tokens) {
                out.writeInt(token);
            }
        }
    }

    static InFlightElement read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION && version != BY_INVOCATION_ONLY) {
            throw new IOException(
                    "in-flight state of version %d can't be read, known are %d and %d"
                            .formatted(version, BY_INVOCATION_ONLY, VERSION));
        }
        var event = SourceEventCodec.read(in);
        boolean timed = in.readBoolean();
        long timestamp = in.readLong();
        return new InFlightElement(
                event,
                timed ? OptionalLong.of(timestamp) : OptionalLong.empty(),
                readControls(in),
                version == BY_INVOCATION_ONLY ? readOldProgress(in) : readProgress(in));
    }

    private static List<ControlRef> readControls(DataInput in) throws IOException {
        List<ControlRef> controls = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            controls.add(new ControlRef(readText(in), in.readLong(), readText(in)));
        }
        return controls;
    }

    private static Progress readProgress(DataInput in) throws IOException {
        OutputSequence sequence =
                switch (in.readUnsignedByte()) {
                    case 0 -> OutputSequence.BY_STEP;
                    case 1 -> OutputSequence.BY_INVOCATION;
                    default -> throw new IOException("unknown sequence of outputs in state");
                };
        return new Progress(sequence, in.readInt(), readTokens(in));
    }

    /** Where nothing has left yet the sequence is open. */
    private static Progress readOldProgress(DataInput in) throws IOException {
        in.readInt();
        int left = in.readInt();
        return new Progress(
                left == 0 ? OutputSequence.BY_STEP : OutputSequence.BY_INVOCATION,
                left,
                readTokens(in));
    }

    private static List<int[]> readTokens(DataInput in) throws IOException {
        List<int[]> generated = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            int[] tokens = new int[in.readInt()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = in.readInt();
            }
            generated.add(tokens);
        }
        return generated;
    }

    /** Texts of any length, unlike {@link DataOutput#writeUTF}. */
    private static void writeText(String text, DataOutput out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
