/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.hookline.runtime.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one pass is fed with, as tensors of ONNX Runtime. Owns those that it made; a KV cache that
 * the pass continues stays its holder's.
 */
final class PassInputs implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final List<AutoCloseable> made = new ArrayList<>();

    private PassInputs() {}

    /**
     * Makes the tensors of a pass.
     *
     * @param past the KV cache that it continues, by input; stays its holder's
     * @param names the inputs that are wanted
     */
    static PassInputs of(List<HostTensor> feeds, Map<String, OnnxTensor> past, Set<String> names)
            throws OrtException {
        PassInputs inputs = new PassInputs();
        try {
            inputs.addFeeds(feeds, names);
            inputs.tensors.putAll(past);
            return inputs;
        } catch (OrtException | RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    private void addFeeds(List<HostTensor> feeds, Set<String> names) throws OrtException {
        for (HostTensor feed : feeds) {
            if (names.contains(feed.name())) {
                OnnxTensor tensor = Ort.tensor(feed);
                made.add(tensor);
                tensors.put(feed.name(), tensor);
            }
        }
    }

    /** Takes what a preamble made over. */
    void add(Preambles.Made preamble) {
        made.add(preamble);
        tensors.putAll(preamble.tensors());
    }

    /**
     * The tensors of those inputs. ONNX Runtime itself notices a missing input only when a node
     * wants it, after part of the work.
     */
    Map<String, OnnxTensor> of(List<String> names) {
        Map<String, OnnxTensor> found = new HashMap<>();
        names.forEach(name -> found.put(name, of(name)));
        return found;
    }

    /** The tensor of that input. */
    OnnxTensor of(String name) {
        OnnxTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("nothing is fed to '" + name + "'");
        }
        return tensor;
    }

    @Override
    public void close() {
        Ort.closeAll(made);
    }
}
