/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.TensorPayload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/** An activation record that is too large for one message, in parts. */
public final class Chunks {
    private Chunks() {}

    /**
     * The record's chunks, each with at most that many bytes of tensor data and a record id of its
     * own; the record itself when it fits. Chunks end between elements, share the record's bytes,
     * and are put together by {@link ChunkAssembler}.
     *
     * @throws IllegalArgumentException when the record is a chunk itself, its element type is
     *     unknown, or not one element fits
     */
    public static List<ActivationRecord> split(ActivationRecord record, int maxBytes) {
        if (record.getChunkCount() != 1) {
            throw new IllegalArgumentException(
                    "record '%s' is a chunk already".formatted(record.getRecordId()));
        }
        int size = record.getTensor().getData().remaining();
        if (size <= maxBytes) {
            return List.of(record);
        }
        int step = step(record.getTensor(), maxBytes);
        int count = (size - 1) / step + 1;
        return IntStream.range(0, count).mapToObj(i -> chunk(record, i, count, step)).toList();
    }

    private static int step(TensorPayload tensor, int maxBytes) {
        try {
            int width = TensorCodec.type(tensor).bytes();
            if (maxBytes < width) {
                throw new IllegalArgumentException(
                        "a chunk needs at least %d bytes, got %d".formatted(width, maxBytes));
            }
            return maxBytes - maxBytes % width;
        } catch (SchemaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static ActivationRecord chunk(ActivationRecord record, int i, int count, int step) {
        ByteBuffer data = record.getTensor().getData();
        int start = i * step;
        int length = Math.min(step, data.remaining() - start);
        ActivationRecord chunk = copy(record);
        chunk.put("recordId", RecordId.of(record, i).hex());
        chunk.put("chunkIndex", i);
        chunk.put("chunkCount", count);
        chunk.put(
                "tensor",
                withData(record.getTensor(), data.slice(data.position() + start, length)));
        return chunk;
    }

    /** A record with the same values; a builder would copy them, too. */
    static ActivationRecord copy(ActivationRecord record) {
        var copy = new ActivationRecord();
        record.getSchema()
                .getFields()
                .forEach(field -> copy.put(field.pos(), record.get(field.pos())));
        return copy;
    }

    /** The same tensor with other bytes. */
    static TensorPayload withData(TensorPayload tensor, ByteBuffer data) {
        return new TensorPayload(
                tensor.getDtype(), tensor.getShape(), data, tensor.getRef().orElse(null));
    }
}
