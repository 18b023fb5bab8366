/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ElementType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Caches as bytes. */
final class CacheCodec {
    private static final int MAGIC = 0x484c4344;
    private static final int VERSION = 2;

    /** Had one output in each entry. */
    private static final int FIRST = 1;

    private CacheCodec() {}

    /** What is written. */
    record Stored(
            String path,
            Map<String, TreeMap<Integer, Entry>> entries,
            Map<String, String> aliases,
            List<String> names) {}

    static void write(DataOutputStream out, Stored stored) throws IOException {
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        out.writeUTF(stored.path());
        out.writeInt(stored.names().size());
        for (String name : stored.names()) {
            out.writeUTF(name);
        }
        out.writeInt(stored.aliases().size());
        for (Map.Entry<String, String> alias : stored.aliases().entrySet()) {
            out.writeUTF(alias.getKey());
            out.writeUTF(alias.getValue());
        }
        out.writeInt(stored.entries().size());
        for (Map.Entry<String, TreeMap<Integer, Entry>> module : stored.entries().entrySet()) {
            out.writeUTF(module.getKey());
            out.writeInt(module.getValue().size());
            for (Map.Entry<Integer, Entry> visit : module.getValue().entrySet()) {
                out.writeInt(visit.getKey());
                write(out, visit.getValue());
            }
        }
    }

    private static void write(DataOutputStream out, Entry entry) throws IOException {
        out.writeInt(entry.outputs().size());
        for (Tensor output : entry.outputs()) {
            write(out, output);
        }
        write(out, entry.input());
        write(out, entry.attention());
    }

    private static void write(DataOutputStream out, @Nullable Tensor tensor) throws IOException {
        out.writeBoolean(tensor != null);
        if (tensor != null) {
            out.writeUTF(tensor.dtype().wireName());
            write(out, tensor.rawShape());
            write(out, tensor.rawLengths());
            float[] values = tensor.peek();
            out.writeBoolean(values != null);
            if (values != null) {
                for (float value : values) {
                    out.writeFloat(value);
                }
            }
        }
    }

    private static void write(DataOutputStream out, int[] numbers) throws IOException {
        out.writeInt(numbers.length);
        for (int number : numbers) {
            out.writeInt(number);
        }
    }

    static Stored read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("these bytes are no cache");
        }
        int version = in.readInt();
        if (version < FIRST || version > VERSION) {
            throw new IOException(
                    "a cache of version %d can't be read, known are %d to %d"
                            .formatted(version, FIRST, VERSION));
        }
        String path = in.readUTF();
        List<String> names = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            names.add(in.readUTF());
        }
        Map<String, String> aliases = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            aliases.put(in.readUTF(), in.readUTF());
        }
        Map<String, TreeMap<Integer, Entry>> entries = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String module = in.readUTF();
            TreeMap<Integer, Entry> visits = new TreeMap<>();
            for (int visit = in.readInt(); visit > 0; visit--) {
                visits.put(in.readInt(), readEntry(in, version));
            }
            entries.put(module, visits);
        }
        return new Stored(path, entries, aliases, names);
    }

    private static Entry readEntry(DataInputStream in, int version) throws IOException {
        Entry entry = new Entry();
        int outputs = version == FIRST ? 1 : in.readInt();
        for (int index = 0; index < outputs; index++) {
            Tensor output = readTensor(in);
            if (output != null) {
                entry.output(index, output);
            }
        }
        Tensor input = readTensor(in);
        entry.inputs(input == null ? null : new Inputs(List.of(input), Map.of()));
        entry.attention(readTensor(in));
        return entry;
    }

    private static @Nullable Tensor readTensor(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        ElementType dtype = dtype(in.readUTF());
        int[] shape = readInts(in);
        int[] lengths = readInts(in);
        float[] values = null;
        if (in.readBoolean()) {
            values = new float[Shapes.size(shape)];
            for (int i = 0; i < values.length; i++) {
                values[i] = in.readFloat();
            }
        }
        return new Tensor(dtype, shape, lengths, values);
    }

    private static int[] readInts(DataInputStream in) throws IOException {
        int[] numbers = new int[in.readInt()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readInt();
        }
        return numbers;
    }

    private static ElementType dtype(String name) throws IOException {
        for (ElementType type : ElementType.values()) {
            if (type.wireName().equals(name)) {
                return type;
            }
        }
        throw new IOException("unknown element type '" + name + "'");
    }
}
