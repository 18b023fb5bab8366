/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModelSignature.Past;
import io.hookline.runtime.PassEngine.KvCache;
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

    /**
     * A cache of tensors by the name of the input that they are fed to.
     *
     * @param owned what is closed with it, in that order
     */
    static OrtKvCache of(Map<String, OnnxTensor> tensors, List<AutoCloseable> owned) {
        return new OrtKvCache(tensors, owned);
    }

    /** Tensors by the name of the input that they are fed to. */
    Map<String, OnnxTensor> tensors() {
        if (closed) {
            throw new IllegalStateException("the KV cache is closed");
        }
        return tensors;
    }

    /** The tensor that is fed to that input. */
    OnnxTensor tensor(String input) {
        OnnxTensor tensor = tensors().get(input);
        if (tensor == null) {
            throw new IllegalStateException("the KV cache has nothing for '" + input + "'");
        }
        return tensor;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Ort.closeAll(owned);
        }
    }
}
