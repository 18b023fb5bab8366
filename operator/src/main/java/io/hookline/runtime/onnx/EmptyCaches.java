/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OrtException;
import io.hookline.model.ModelSignature.Past;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The KV caches that first passes continue: of no tokens, one for each batch size. Thread-safe. */
final class EmptyCaches implements AutoCloseable {
    private final List<Past> past;
    private final Map<Integer, OrtKvCache> byBatch = new HashMap<>();
    private boolean closed;

    EmptyCaches(List<Past> past) {
        this.past = List.copyOf(past);
    }

    /** What the model's KV cache consists of. */
    List<Past> past() {
        return past;
    }

    /** The cache of so many rows, open until these caches are closed. */
    synchronized OrtKvCache of(int batch) throws OrtException {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        OrtKvCache found = byBatch.get(batch);
        if (found == null) {
            found = OrtKvCache.empty(past, batch);
            byBatch.put(batch, found);
        }
        return found;
    }

    @Override
    public synchronized void close() {
        closed = true;
        byBatch.values().forEach(OrtKvCache::close);
        byBatch.clear();
    }
}
