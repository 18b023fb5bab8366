/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro's binary encoding over an array that anybody may have made. No length is believed before it
 * was compared with the bytes that are left, so nothing is allocated that the input does not pay
 * for: every element of the published schemas takes at least one byte.
 */
final class BoundedDecoder extends Decoder {
    private static final int LONG_BITS = 64;
    private static final int INT_BITS = 32;

    private final byte[] bytes;
    private final ByteBuffer little;
    private int position;

    BoundedDecoder(byte[] bytes, int start) {
        this.bytes = bytes;
        this.little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.position = start;
    }

    int position() {
        return position;
    }

    int remaining() {
        return bytes.length - position;
    }

    @Override
    public int remainingBytes() {
        return remaining();
    }

    @Override
    public void readNull() {}

    @Override
    public boolean readBoolean() throws IOException {
        byte value = bytes[take(1)];
        if (value != 0 && value != 1) {
            throw new IOException("expected a boolean, 0 or 1, found " + value);
        }
        return value == 1;
    }

    @Override
    public int readInt() throws IOException {
        long value = varint(INT_BITS);
        return (int) (value >>> 1) ^ -(int) (value & 1);
    }

    @Override
    public long readLong() throws IOException {
        long value = varint(LONG_BITS);
        return (value >>> 1) ^ -(value & 1);
    }

    @Override
    public float readFloat() throws IOException {
        return little.getFloat(take(Float.BYTES));
    }

    @Override
    public double readDouble() throws IOException {
        return little.getDouble(take(Double.BYTES));
    }

    @Override
    public Utf8 readString(@Nullable Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public String readString() throws IOException {
        int length = length();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    @Override
    public void skipString() throws IOException {
        take(length());
    }

    @Override
    public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
        int length = length();
        return ByteBuffer.wrap(bytes, take(length), length).slice();
    }

    @Override
    public void skipBytes() throws IOException {
        take(length());
    }

    @Override
    public void readFixed(byte[] into, int start, int length) throws IOException {
        System.arraycopy(bytes, take(length), into, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        take(length);
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    @Override
    public long readArrayStart() throws IOException {
        return block();
    }

    @Override
    public long arrayNext() throws IOException {
        return block();
    }

    @Override
    public long skipArray() throws IOException {
        return skipBlocks();
    }

    @Override
    public long readMapStart() throws IOException {
        return block();
    }

    @Override
    public long mapNext() throws IOException {
        return block();
    }

    @Override
    public long skipMap() throws IOException {
        return skipBlocks();
    }

    /** The element count of the next block; a negative one is followed by the block's size. */
    private long block() throws IOException {
        long count = readLong();
        if (count < 0) {
            bounded(readLong(), "block size");
            count = -count;
        }
        return bounded(count, "element count");
    }

    /**
     * Passes over the blocks that tell their size; gives the elements of the first that does not.
     */
    private long skipBlocks() throws IOException {
        long count = readLong();
        while (count < 0) {
            take(bounded(readLong(), "block size"));
            count = readLong();
        }
        return bounded(count, "element count");
    }

    private int length() throws IOException {
        return bounded(readLong(), "length");
    }

    private int bounded(long size, String what) throws IOException {
        if (size < 0 || size > remaining()) {
            throw new IOException(
                    "expected a %s of at most the %d bytes left, found %d"
                            .formatted(what, remaining(), size));
        }
        return (int) size;
    }

    private int take(int length) throws EOFException {
        if (length > remaining()) {
            throw new EOFException(
                    "expected %d more bytes, found %d".formatted(length, remaining()));
        }
        int start = position;
        position += length;
        return start;
    }

    private long varint(int bits) throws IOException {
        long value = 0;
        for (int shift = 0; shift < bits; shift += 7) {
            byte next = bytes[take(1)];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("expected a number of at most %d bits, found more".formatted(bits));
    }
}
