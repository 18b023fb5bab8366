/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Chooses shares of events by a hash of their ids, the same in every job and language. */
public final class EventHash {
    private static final double RANGE = 0x1p32;

    private EventHash() {}

    /**
     * Whether the event belongs to the share: {@code murmur3_32(id) / 2^32 < share}, of the id's
     * UTF-8 bytes with seed 0.
     *
     * @param share 0 to 1
     */
    public static boolean selects(String id, double share) {
        int hash = murmur3(id.getBytes(StandardCharsets.UTF_8), 0);
        return Integer.toUnsignedLong(hash) / RANGE < share;
    }

    /** MurmurHash3, x86, 32 bits. */
    static int murmur3(byte[] bytes, int seed) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int hash = seed;
        while (in.remaining() >= Integer.BYTES) {
            hash = Integer.rotateLeft(hash ^ scrambled(in.getInt()), 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int shift = 0; in.hasRemaining(); shift += Byte.SIZE) {
            tail |= (in.get() & 0xff) << shift;
        }
        return finished(hash ^ scrambled(tail) ^ bytes.length);
    }

    private static int scrambled(int block) {
        return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
    }

    private static int finished(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
