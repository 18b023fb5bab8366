/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the heap that runs write their taps to, used again by one run after another: fresh
 * memory costs more than the copy it saves. Thread-safe. What is kept is bounded.
 */
final class TapMemory {
    /** Each run writes every tap to a place that begins at a multiple of this. */
    private static final int ALIGNMENT = 64;

    private static final int KEPT_BLOCKS = 4;
    private static final int LARGEST_BLOCK = 256 << 20;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final AtomicLong bytes = new AtomicLong();

    /** A block for one run, given back when it is closed. */
    final class Block implements AutoCloseable {
        private final ByteBuffer memory;
        private int used;
        private boolean closed;

        private Block(ByteBuffer memory) {
            this.memory = memory;
        }

        /** The next place in the block. */
        ByteBuffer next(int bytes) {
            ByteBuffer place = memory.slice(used, bytes).order(ByteOrder.nativeOrder());
            used += (int) aligned(bytes);
            return place;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                give(memory);
            }
        }
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** A block of at least that size; empty when it would be too large to be kept. */
    Optional<Block> block(long bytes) {
        return bytes > LARGEST_BLOCK ? Optional.empty() : Optional.of(new Block(take((int) bytes)));
    }

    private ByteBuffer take(int bytes) {
        synchronized (free) {
            for (Iterator<ByteBuffer> each = free.iterator(); each.hasNext(); ) {
                ByteBuffer kept = each.next();
                if (kept.capacity() >= bytes) {
                    each.remove();
                    return kept;
                }
            }
            // Too small for this run, so likely for the next ones, too.
            ByteBuffer dropped = free.pollLast();
            if (dropped != null) {
                this.bytes.addAndGet(-dropped.capacity());
            }
        }
        this.bytes.addAndGet(bytes);
        return ByteBuffer.allocateDirect(bytes);
    }

    /** What its blocks take, used and kept ones. */
    long bytes() {
        return bytes.get();
    }

    private void give(ByteBuffer memory) {
        synchronized (free) {
            if (free.size() < KEPT_BLOCKS) {
                free.addFirst(memory);
            } else {
                bytes.addAndGet(-memory.capacity());
            }
        }
    }
}
