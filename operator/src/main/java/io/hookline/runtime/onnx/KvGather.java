/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.KvRow;
import io.hookline.runtime.RuntimeInferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts rows of several KV caches together in a new one, aligned at their ends. */
final class KvGather {
    private final List<KvRow> rows;
    private final int longest;

    private KvGather(List<KvRow> rows) {
        this.rows = rows;
        this.longest = rows.stream().mapToInt(KvRow::length).max().orElseThrow();
    }

    /**
     * A cache of those rows.
     *
     * @param memory what the cache lies in until it is closed
     */
    static OrtKvCache of(List<KvRow> rows, TapMemory memory) throws RuntimeInferenceException {
        List<AutoCloseable> made = new ArrayList<>();
        try {
            return new KvGather(rows).gathered(memory, made);
        } catch (RuntimeException | Error e) {
            Ort.closeAll(made);
            throw e;
        } catch (OrtException e) {
            Ort.closeAll(made);
            throw new RuntimeInferenceException(
                    "can't put KV caches together: " + e.getMessage(), e, Ort.isOutOfMemory(e));
        }
    }

    private OrtKvCache gathered(TapMemory memory, List<AutoCloseable> made) throws OrtException {
        Map<String, OnnxTensor> first = cache(rows.get(0)).tensors();
        Places places =
                new Places(
                        memory,
                        first.values().stream()
                                .mapToLong(like -> TapMemory.aligned(bytes(like)))
                                .sum());
        made.add(places);
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (Map.Entry<String, OnnxTensor> each : first.entrySet()) {
            OnnxTensor like = each.getValue();
            ByteBuffer place = places.next(bytes(like));
            fill(place, each.getKey(), (int) shape(like)[1]);
            OnnxTensor tensor =
                    OnnxTensor.createTensor(
                            Ort.environment(), place, shape(like), like.getInfo().type);
            // Before the memory that it lies in: so they are closed.
            made.add(0, tensor);
            tensors.put(each.getKey(), tensor);
        }
        return OrtKvCache.of(tensors, List.copyOf(made));
    }

    private static OrtKvCache cache(KvRow row) {
        return (OrtKvCache) row.cache();
    }

    private long[] shape(OnnxTensor like) {
        long[] shape = like.getInfo().getShape().clone();
        shape[0] = rows.size();
        shape[2] = longest;
        return shape;
    }

    private int bytes(OnnxTensor like) {
        long[] shape = shape(like);
        return Math.toIntExact(
                shape[0] * shape[1] * shape[2] * shape[3] * like.getInfo().type.size);
    }

    /** Fills {@code [rows, heads, longest, width]}. */
    private void fill(ByteBuffer place, String name, int heads) {
        IdentityHashMap<KvCache, ByteBuffer> copies = new IdentityHashMap<>();
        int line = longest == 0 ? 0 : place.limit() / (rows.size() * heads * longest);
        byte[] zeros = new byte[longest * line];
        for (KvRow row : rows) {
            OnnxTensor tensor = cache(row).tensor(name);
            int tokens = (int) tensor.getInfo().getShape()[2];
            ByteBuffer all = copies.computeIfAbsent(row.cache(), cache -> tensor.getByteBuffer());
            for (int head = row.row() * heads; head < (row.row() + 1) * heads; head++) {
                place.put(zeros, 0, (longest - row.length()) * line);
                place.put(all.slice((head * tokens + row.from()) * line, row.length() * line));
            }
        }
        place.flip();
    }

    /** Memory for the tensors of one cache: of what is kept for that, or fresh. */
    private static final class Places implements AutoCloseable {
        private final Optional<TapMemory.Block> block;

        Places(TapMemory memory, long bytes) {
            // Caches grow from one to the next: what holds one shall hold some that come after it.
            long room = Long.highestOneBit(Math.max(1, bytes - 1)) << 1;
            block = memory.block(room);
        }

        ByteBuffer next(int bytes) {
            return block.isPresent()
                    ? block.get().next(bytes)
                    : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        public void close() {
            block.ifPresent(TapMemory.Block::close);
        }
    }
}
