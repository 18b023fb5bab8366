/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.BudgetStep;
import io.hookline.operator.internal.budget.Lost;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** An in-flight event in state: a version byte, then its fields in order. */
final class InFlightCodec {
    /** The version that is written. */
    static final int VERSION = 3;

    /** Did not say what a budget had taken. */
    private static final int WITHOUT_LOST = 2;

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
        writeLost(progress.lost(), out);
    }

    static InFlightElement read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version < BY_INVOCATION_ONLY || version > VERSION) {
            throw new IOException(
                    "in-flight state of version %d can't be read, known are %d to %d"
                            .formatted(version, BY_INVOCATION_ONLY, VERSION));
        }
        var event = SourceEventCodec.read(in);
        boolean timed = in.readBoolean();
        long timestamp = in.readLong();
        return new InFlightElement(
                event,
                timed ? OptionalLong.of(timestamp) : OptionalLong.empty(),
                readControls(in),
                version == BY_INVOCATION_ONLY ? readOldProgress(in) : readProgress(version, in));
    }

    private static List<ControlRef> readControls(DataInput in) throws IOException {
        List<ControlRef> controls = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            controls.add(new ControlRef(readText(in), in.readLong(), readText(in)));
        }
        return controls;
    }

    private static Progress readProgress(int version, DataInput in) throws IOException {
        OutputSequence sequence =
                switch (in.readUnsignedByte()) {
                    case 0 -> OutputSequence.BY_STEP;
                    case 1 -> OutputSequence.BY_INVOCATION;
                    default -> throw new IOException("unknown sequence of outputs in state");
                };
        int left = in.readInt();
        List<int[]> generated = readTokens(in);
        return new Progress(
                sequence, left, generated, version == WITHOUT_LOST ? Lost.NOTHING : readLost(in));
    }

    /** Where nothing has left yet the sequence is open. */
    private static Progress readOldProgress(DataInput in) throws IOException {
        in.readInt();
        int left = in.readInt();
        return new Progress(
                left == 0 ? OutputSequence.BY_STEP : OutputSequence.BY_INVOCATION,
                left,
                readTokens(in),
                Lost.NOTHING);
    }

    private static void writeLost(Lost lost, DataOutput out) throws IOException {
        out.writeInt(lost.counts().size());
        for (Lost.Count count : lost.counts()) {
            writeText(count.cache(), out);
            writeText(count.step().wireName(), out);
            out.writeInt(count.records());
        }
        out.writeInt(lost.gone().size());
        for (String id : new TreeSet<>(lost.gone())) {
            writeText(id, out);
        }
    }

    private static Lost readLost(DataInput in) throws IOException {
        List<Lost.Count> counts = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            counts.add(new Lost.Count(readText(in), step(readText(in)), in.readInt()));
        }
        Set<String> gone = new HashSet<>();
        for (int count = in.readInt(); count > 0; count--) {
            gone.add(readText(in));
        }
        return new Lost(counts, gone);
    }

    private static BudgetStep step(String name) throws IOException {
        return Arrays.stream(BudgetStep.values())
                .filter(step -> step.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("unknown budget step '" + name + "' in state"));
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
