/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModelSignature.Past;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a plain loop feeds its passes with, in buffers outside the heap that are made once. */
final class BareInputs implements AutoCloseable {
    private final ModelSignature signature;
    private final Prompts prompts;
    private final Map<String, LongBuffer> inputs = new HashMap<>();
    private final List<OnnxTensor> owned = new ArrayList<>();
    private final Map<String, OnnxTensor> past = new HashMap<>();

    BareInputs(ModelSignature signature, Prompts prompts) throws OrtException {
        this.signature = signature;
        this.prompts = prompts;
        int size = prompts.batch() * prompts.tokens();
        inputs.put(signature.inputIds(), longs(size));
        signature.attentionMask().ifPresent(name -> inputs.put(name, longs(size)));
        signature.positionIds().ifPresent(name -> inputs.put(name, longs(size)));
        signature.tokenTypeIds().ifPresent(name -> inputs.put(name, longs(size)));
        for (Past each : signature.past()) {
            OnnxTensor empty = BareLoop.empty(each, prompts.batch());
            owned.add(empty);
            past.put(each.input(), empty);
        }
    }

    private static LongBuffer longs(int size) {
        return BareLoop.direct(size * Long.BYTES).asLongBuffer();
    }

    /**
     * Tensors of one pass.
     *
     * @param feeds by name
     * @param made those that end with the pass
     */
    record Fed(Map<String, OnnxTensorLike> feeds, List<OnnxTensor> made) implements AutoCloseable {
        @Override
        public void close() {
            made.forEach(OnnxTensor::close);
        }
    }

    /** Writes the batch to the buffers and makes tensors of them. */
    Fed fed() throws OrtException {
        fill();
        Fed fed = new Fed(new HashMap<>(past), new ArrayList<>());
        long[] shape = {prompts.batch(), prompts.tokens()};
        try {
            for (Map.Entry<String, LongBuffer> input : inputs.entrySet()) {
                OnnxTensor tensor =
                        OnnxTensor.createTensor(BareLoop.environment(), input.getValue(), shape);
                fed.made().add(tensor);
                fed.feeds().put(input.getKey(), tensor);
            }
            return fed;
        } catch (OrtException | RuntimeException e) {
            fed.close();
            throw e;
        }
    }

    private void fill() {
        int tokens = prompts.tokens();
        for (int row = 0; row < prompts.batch(); row++) {
            for (int at = 0; at < tokens; at++) {
                int index = row * tokens + at;
                int position = at;
                put(signature.inputIds(), index, prompts.rows()[row][at]);
                signature.attentionMask().ifPresent(name -> put(name, index, 1));
                signature.positionIds().ifPresent(name -> put(name, index, position));
            }
        }
    }

    private void put(String input, int index, long value) {
        LongBuffer buffer = inputs.get(input);
        if (buffer == null) {
            throw new IllegalStateException("no input '" + input + "'");
        }
        buffer.put(index, value);
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
    }
}
