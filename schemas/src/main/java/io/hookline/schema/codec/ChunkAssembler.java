/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts chunks together again, in whatever order and however often they come. What arrives at least
 * once leaves at least once: a record whose chunks all come twice may leave twice, under the same
 * record id. Records that stay incomplete are given up, oldest first, when too many bytes wait. Not
 * safe for use by several threads.
 */
public final class ChunkAssembler {
    /** What a waiting chunk costs besides its data, so that empty ones do not wait for nothing. */
    private static final int CHUNK_COST = 256;

    private final long maxPendingBytes;
    private final LinkedHashMap<String, Pending> pending = new LinkedHashMap<>();
    private long pendingBytes;
    private long givenUp;

    /** The chunks of one record that have come. */
    private static final class Pending {
        private final int count;
        private final Map<Integer, ActivationRecord> chunks = new HashMap<>();
        private long bytes;

        Pending(int count) {
            this.count = count;
        }

        long cost() {
            return bytes + (long) chunks.size() * CHUNK_COST;
        }
    }

    /** An assembler that keeps at most about that many bytes waiting. */
    public ChunkAssembler(long maxPendingBytes) {
        if (maxPendingBytes <= 0) {
            throw new IllegalArgumentException(
                    "an assembler needs room for 1 byte or more, got " + maxPendingBytes);
        }
        this.maxPendingBytes = maxPendingBytes;
    }

    /**
     * Takes a chunk; gives the whole record when this was the last one missing. A record that came
     * whole is given back as it is.
     *
     * @throws SchemaException when the chunk contradicts itself or the chunks before it; those are
     *     forgotten then
     */
    public Optional<ActivationRecord> add(ActivationRecord chunk) throws SchemaException {
        checkIndex(chunk);
        if (chunk.getChunkCount() == 1) {
            return Optional.of(chunk);
        }
        String id = RecordId.of(chunk, 0).hex();
        Pending record = pending.computeIfAbsent(id, none -> new Pending(chunk.getChunkCount()));
        if (record.count != chunk.getChunkCount()) {
            forget(id);
            throw new SchemaException(
                    "record '%s' came in %d chunks and in %d"
                            .formatted(id, record.count, chunk.getChunkCount()));
        }
        keep(record, chunk);
        if (record.chunks.size() == record.count) {
            forget(id);
            return Optional.of(whole(id, record));
        }
        giveUpOldest();
        return Optional.empty();
    }

    /** Records of which some chunks have come. */
    public int pendingRecords() {
        return pending.size();
    }

    /** Incomplete records that were given up so far. */
    public long givenUp() {
        return givenUp;
    }

    private void keep(Pending record, ActivationRecord chunk) {
        if (record.chunks.putIfAbsent(chunk.getChunkIndex(), chunk) == null) {
            record.bytes += size(chunk);
            pendingBytes += size(chunk) + CHUNK_COST;
        }
    }

    private void giveUpOldest() {
        while (pendingBytes > maxPendingBytes) {
            forget(pending.keySet().iterator().next());
            givenUp++;
        }
    }

    private void forget(String id) {
        Pending record = pending.remove(id);
        pendingBytes -= record == null ? 0 : record.cost();
    }

    private static ActivationRecord whole(String id, Pending record) throws SchemaException {
        ActivationRecord first = chunk(record, 0);
        ElementType type = TensorCodec.type(first.getTensor());
        long expected = TensorCodec.byteSize(first.getTensor().getShape(), type);
        if (expected != record.bytes || expected > Integer.MAX_VALUE) {
            throw new SchemaException(
                    "record '%s' needs %d bytes for %s%s, its chunks have %d"
                            .formatted(
                                    id,
                                    expected,
                                    type.wireName(),
                                    first.getTensor().getShape(),
                                    record.bytes));
        }
        ByteBuffer data = ByteBuffer.allocate((int) expected);
        for (int i = 0; i < record.count; i++) {
            data.put(chunk(record, i).getTensor().getData().duplicate());
        }
        ActivationRecord whole = Chunks.copy(first);
        whole.put("recordId", id);
        whole.put("chunkIndex", 0);
        whole.put("chunkCount", 1);
        whole.put("tensor", Chunks.withData(first.getTensor(), data.flip()));
        return whole;
    }

    private static ActivationRecord chunk(Pending record, int index) {
        ActivationRecord chunk = record.chunks.get(index);
        if (chunk == null) {
            throw new IllegalStateException("chunk %d is missing".formatted(index));
        }
        return chunk;
    }

    private static int size(ActivationRecord chunk) {
        return chunk.getTensor().getData().remaining();
    }

    private static void checkIndex(ActivationRecord chunk) throws SchemaException {
        if (chunk.getChunkIndex() < 0 || chunk.getChunkIndex() >= chunk.getChunkCount()) {
            throw new SchemaException(
                    "record '%s' says that it is chunk %d of %d, chunks count from 0"
                            .formatted(
                                    chunk.getRecordId(),
                                    chunk.getChunkIndex(),
                                    chunk.getChunkCount()));
        }
    }
}
