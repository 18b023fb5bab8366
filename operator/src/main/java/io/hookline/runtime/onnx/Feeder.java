/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.hookline.model.ModelSignature.Past;
import io.hookline.runtime.PassEngine.PassRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Feeds the passes of a model, and owns what many of them are fed with. Thread-safe. */
final class Feeder implements AutoCloseable {
    private final EmptyCaches caches;
    private final Optional<Preambles> preambles;

    /**
     * @param preambles taken over
     */
    Feeder(List<Past> past, Optional<Preambles> preambles) {
        this.caches = new EmptyCaches(past);
        this.preambles = preambles;
    }

    /** What the model's KV cache consists of. */
    List<Past> past() {
        return caches.past();
    }

    /** What plans are fed with instead of computing it: names, and ONNX's numbers of the types. */
    Map<String, Integer> given() {
        return preambles.map(Preambles::outputs).orElse(Map.of());
    }

    /**
     * Makes the tensors of a pass, to be closed by the caller.
     *
     * @param names the inputs that are wanted
     */
    PassInputs feed(PassRequest request, Set<String> names) throws OrtException {
        Map<String, OnnxTensor> past = past(request);
        PassInputs inputs = PassInputs.of(request.feeds(), past, names);
        try {
            if (preambles.isPresent() && !Collections.disjoint(names, given().keySet())) {
                inputs.add(
                        preambles
                                .get()
                                .of(
                                        request.feeds(),
                                        past,
                                        read -> PassInputs.of(request.feeds(), past, read)));
            }
            return inputs;
        } catch (OrtException | RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    private Map<String, OnnxTensor> past(PassRequest request) throws OrtException {
        if (past().isEmpty()) {
            return Map.of();
        }
        OrtKvCache given = (OrtKvCache) request.past().orElse(null);
        return (given == null ? caches.of(request.batch()) : given).tensors();
    }

    /** What is kept for later passes, in bytes. */
    long bytes() {
        return preambles.map(Preambles::bytes).orElse(0L);
    }

    @Override
    public void close() {
        caches.close();
        preambles.ifPresent(Preambles::close);
    }
}
