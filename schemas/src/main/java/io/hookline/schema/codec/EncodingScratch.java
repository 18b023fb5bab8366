/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.io.BinaryData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Memory that records are written to one after another, so that each costs but one new array of its
 * own length. Long byte fields are not written to it: each is copied once, from where it lies to
 * that array. Used by one thread at a time.
 */
final class EncodingScratch {
    private static final int FIRST = 16 << 10;
    private static final int LARGEST_KEPT = 4 << 20;

    /** Byte fields from this size on are copied once. */
    private static final int LONG_FIELD = 512;

    /** What Avro writes as an int or a long takes no more. */
    private static final int LONGEST_NUMBER = 10;

    private final Writing encoder = new Writing();
    private byte[] bytes = new byte[FIRST];
    private int length;
    private final List<Inset> insets = new ArrayList<>();

    /**
     * A byte field that is not among the written bytes.
     *
     * @param at how many of them come before it
     */
    private record Inset(int at, ByteBuffer data) {}

    /** The header and the record behind it. */
    byte[] encoded(byte[] header, DatumWriter<SpecificRecord> writer, SpecificRecord record)
            throws IOException {
        length = 0;
        try {
            encoder.writeFixed(header, 0, header.length);
            writer.write(record, encoder);
            return joined();
        } finally {
            insets.clear();
        }
    }

    /** Whether it has not grown too large to be kept. */
    boolean isWorthKeeping() {
        return bytes.length <= LARGEST_KEPT;
    }

    private byte[] joined() {
        if (insets.isEmpty()) {
            return Arrays.copyOf(bytes, length);
        }
        int size = length;
        for (Inset inset : insets) {
            size = Math.addExact(size, inset.data().remaining());
        }
        byte[] whole = new byte[size];
        int from = 0;
        int to = 0;
        for (Inset inset : insets) {
            System.arraycopy(bytes, from, whole, to, inset.at() - from);
            to += inset.at() - from;
            from = inset.at();
            inset.data().get(inset.data().position(), whole, to, inset.data().remaining());
            to += inset.data().remaining();
        }
        System.arraycopy(bytes, from, whole, to, length - from);
        return whole;
    }

    private void makeRoom(int count) {
        int needed = Math.addExact(length, count);
        if (needed > bytes.length) {
            int doubled = (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
            bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
        }
    }

    /** Avro's binary encoding into the memory. */
    private final class Writing extends BinaryEncoder {
        @Override
        public void writeBoolean(boolean value) {
            makeRoom(1);
            length += BinaryData.encodeBoolean(value, bytes, length);
        }

        @Override
        public void writeInt(int value) {
            makeRoom(LONGEST_NUMBER);
            length += BinaryData.encodeInt(value, bytes, length);
        }

        @Override
        public void writeLong(long value) {
            makeRoom(LONGEST_NUMBER);
            length += BinaryData.encodeLong(value, bytes, length);
        }

        @Override
        public void writeFloat(float value) {
            makeRoom(LONGEST_NUMBER);
            length += BinaryData.encodeFloat(value, bytes, length);
        }

        @Override
        public void writeDouble(double value) {
            makeRoom(LONGEST_NUMBER);
            length += BinaryData.encodeDouble(value, bytes, length);
        }

        @Override
        public void writeFixed(byte[] data, int from, int count) {
            makeRoom(count);
            System.arraycopy(data, from, bytes, length, count);
            length += count;
        }

        @Override
        public void writeFixed(ByteBuffer data) {
            int count = data.remaining();
            if (count >= LONG_FIELD) {
                insets.add(new Inset(length, data));
                return;
            }
            makeRoom(count);
            data.get(data.position(), bytes, length, count);
            length += count;
        }

        @Override
        protected void writeZero() {
            writeInt(0);
        }

        @Override
        public int bytesBuffered() {
            return 0;
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }
    }
}
