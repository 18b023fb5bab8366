/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModelSignature.Past;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.RuntimeInferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keys and values as tensors of ONNX Runtime, fed to the next run without a copy. */
final class OrtKvCache implements KvCache {
    private final Map<String, OnnxTensor> tensors;
    private final List<AutoCloseable> owned;
    private boolean closed;

    private OrtKvCache(Map<String, OnnxTensor> tensors, List<AutoCloseable> owned) {
        this.tensors = tensors;
        this.owned = owned;
    }

    /** The cache before the first token: no length at all. */
    static OrtKvCache empty(List<Past> past, int batch) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        List<AutoCloseable> owned = new ArrayList<>();
        try {
            for (Past each : past) {
                OnnxTensor tensor =
                        OnnxTensor.createTensor(
                                Ort.environment(),
                                ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder()),
                                new long[] {batch, each.heads(), 0, each.width()},
                                Ort.type(each.dtype()));
                tensors.put(each.input(), tensor);
                owned.add(tensor);
            }
            return new OrtKvCache(tensors, owned);
        } catch (OrtException | RuntimeException | Error e) {
            Ort.closeAll(owned);
            throw e;
        }
    }

    /** The cache that a run made; takes the result over. */
    static OrtKvCache of(List<Past> past, OrtSession.Result result) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (Past each : past) {
            tensors.put(each.input(), (OnnxTensor) result.get(each.present()).orElseThrow());
        }
        return new OrtKvCache(tensors, List.of(result));
    }

    /**
     * The cache that a run made; takes the tensors over.
     *
     * @param presents by the name of the output that made them
     */
    static OrtKvCache of(List<Past> past, Map<String, OnnxTensor> presents) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        past.forEach(each -> tensors.put(each.input(), presents.get(each.present())));
        return new OrtKvCache(tensors, List.copyOf(presents.values()));
    }

    /** Tensors by the name of the input that they are fed to. */
    Map<String, OnnxTensor> tensors() {
        if (closed) {
            throw new IllegalStateException("the KV cache is closed");
        }
        return tensors;
    }

    @Override
    public OrtKvCache select(int[] rows, int gapStart, int gapEnd)
            throws RuntimeInferenceException {
        Map<String, OnnxTensor> selected = new HashMap<>();
        List<AutoCloseable> made = new ArrayList<>();
        try {
            for (Map.Entry<String, OnnxTensor> entry : tensors().entrySet()) {
                OnnxTensor tensor = selected(entry.getValue(), rows, new Gap(gapStart, gapEnd));
                made.add(tensor);
                selected.put(entry.getKey(), tensor);
            }
            return new OrtKvCache(selected, made);
        } catch (RuntimeException | Error e) {
            Ort.closeAll(made);
            throw e;
        } catch (OrtException e) {
            Ort.closeAll(made);
            throw new RuntimeInferenceException(
                    "can't shrink the KV cache: " + e.getMessage(), e, Ort.isOutOfMemory(e));
        }
    }

    /** Tokens that are left out. */
    private record Gap(int start, int end) {
        int length() {
            return end - start;
        }
    }

    /** Of {@code [batch, heads, tokens, width]} some rows, without the gap in their tokens. */
    private static OnnxTensor selected(OnnxTensor tensor, int[] rows, Gap gap) throws OrtException {
        long[] shape = tensor.getInfo().getShape().clone();
        ByteBuffer all = tensor.getByteBuffer();
        int heads = (int) shape[1];
        int tokens = (int) shape[2];
        int lines = (int) shape[0] * heads * tokens;
        int line = lines == 0 ? 0 : all.limit() / lines;
        int left = tokens - gap.length();
        ByteBuffer some =
                ByteBuffer.allocateDirect(rows.length * heads * left * line)
                        .order(ByteOrder.nativeOrder());
        for (int row : rows) {
            for (int head = row * heads; head < (row + 1) * heads; head++) {
                int start = head * tokens * line;
                some.put(all.slice(start, gap.start() * line));
                some.put(all.slice(start + gap.end() * line, (tokens - gap.end()) * line));
            }
        }
        shape[0] = rows.length;
        shape[2] = left;
        return OnnxTensor.createTensor(
                Ort.environment(), some.flip(), shape, tensor.getInfo().type);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Ort.closeAll(owned);
        }
    }
}
