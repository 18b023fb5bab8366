/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;

/**
 * Memory that records are written to one after another, so that each costs but one new array of its
 * own length. Used by one thread at a time.
 */
final class EncodingScratch extends OutputStream {
    private static final int FIRST = 16 << 10;
    private static final int LARGEST_KEPT = 4 << 20;

    private byte[] bytes = new byte[FIRST];
    private int length;
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(this, null);

    /** The header and the record behind it. */
    byte[] encoded(byte[] header, DatumWriter<SpecificRecord> writer, SpecificRecord record)
            throws IOException {
        // The encoder first writes what a record that failed has left in it, which is dropped.
        BinaryEncoder fresh = EncoderFactory.get().binaryEncoder(this, encoder);
        length = 0;
        write(header);
        writer.write(record, fresh);
        fresh.flush();
        return Arrays.copyOf(bytes, length);
    }

    /** Whether it has not grown too large to be kept. */
    boolean isWorthKeeping() {
        return bytes.length <= LARGEST_KEPT;
    }

    @Override
    public void write(int value) {
        makeRoom(1);
        bytes[length++] = (byte) value;
    }

    @Override
    public void write(byte[] data, int from, int count) {
        makeRoom(count);
        System.arraycopy(data, from, bytes, length, count);
        length += count;
    }

    private void makeRoom(int count) {
        int needed = Math.addExact(length, count);
        if (needed > bytes.length) {
            int doubled = (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
            bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
        }
    }
}
