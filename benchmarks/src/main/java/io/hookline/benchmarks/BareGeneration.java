/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModelSignature.Past;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Greedy text in plain ONNX Runtime, keys and values handed from step to step without a copy. Every
 * row takes all steps.
 */
final class BareGeneration implements AutoCloseable {
    private final ModelSignature signature;
    private final Prompts prompts;
    private final OrtSession session;
    private final String logits;
    private final Set<String> outputs;

    BareGeneration(BareLoop.Setting setting, Prompts prompts) throws OrtException {
        this.signature = setting.signature();
        this.prompts = prompts;
        this.logits = signature.logits().orElseThrow();
        this.outputs = new TreeSet<>(Set.of(logits));
        signature.past().forEach(each -> outputs.add(each.present()));
        this.session = BareLoop.session(setting);
    }

    private BareGeneration(BareGeneration opened, Prompts prompts) {
        this.signature = opened.signature;
        this.prompts = prompts;
        this.logits = opened.logits;
        this.outputs = opened.outputs;
        this.session = opened.session;
    }

    /** The same session on other prompts; it stays this one's. */
    BareGeneration on(Prompts others) {
        return new BareGeneration(this, others);
    }

    /** Generates so many tokens for each row. */
    int[][] run(int steps) throws OrtException {
        int[][] generated = new int[prompts.batch()][steps];
        int[] last = new int[prompts.batch()];
        OrtSession.Result result = null;
        try {
            for (int step = 0; step < steps; step++) {
                OrtSession.Result next = step(step, last, result);
                if (result != null) {
                    result.close();
                }
                result = next;
                last = likeliest(next);
                for (int row = 0; row < last.length; row++) {
                    generated[row][step] = last[row];
                }
            }
        } finally {
            if (result != null) {
                result.close();
            }
        }
        return generated;
    }

    private OrtSession.Result step(int step, int[] last, OrtSession.@Nullable Result before)
            throws OrtException {
        Map<String, OnnxTensor> made = new HashMap<>();
        try {
            addTokens(made, step, last);
            Map<String, OnnxTensorLike> feeds = new HashMap<>();
            for (Past past : signature.past()) {
                if (before == null) {
                    made.put(past.input(), BareLoop.empty(past, prompts.batch()));
                } else {
                    OnnxTensor present = (OnnxTensor) before.get(past.present()).orElseThrow();
                    feeds.put(past.input(), present);
                }
            }
            feeds.putAll(made);
            return session.run(feeds, outputs);
        } finally {
            made.values().forEach(OnnxTensor::close);
        }
    }

    private void addTokens(Map<String, OnnxTensor> made, int step, int[] last) throws OrtException {
        int tokens = step == 0 ? prompts.tokens() : 1;
        int start = step == 0 ? 0 : prompts.tokens() + step - 1;
        int[][] rows = prompts.rows();
        made.put(
                signature.inputIds(),
                longs(tokens, at -> step == 0 ? rows[at / tokens][at % tokens] : last[at]));
        if (signature.attentionMask().isPresent()) {
            made.put(signature.attentionMask().get(), longs(start + tokens, at -> 1));
        }
        if (signature.positionIds().isPresent()) {
            made.put(signature.positionIds().get(), longs(tokens, at -> start + at % tokens));
        }
    }

    private OnnxTensor longs(int length, IntUnaryOperator value) throws OrtException {
        int size = prompts.batch() * length;
        LongBuffer buffer =
                ByteBuffer.allocateDirect(size * Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asLongBuffer();
        for (int at = 0; at < size; at++) {
            buffer.put(at, value.applyAsInt(at));
        }
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), buffer, new long[] {prompts.batch(), length});
    }

    private int[] likeliest(OrtSession.Result result) {
        OnnxTensor tensor = (OnnxTensor) result.get(logits).orElseThrow();
        FloatBuffer values = tensor.getFloatBuffer();
        long[] shape = tensor.getInfo().getShape();
        int rowSize = (int) (shape[1] * shape[2]);
        float[] row = new float[(int) shape[2]];
        int[] best = new int[(int) shape[0]];
        for (int i = 0; i < best.length; i++) {
            values.get((i + 1) * rowSize - row.length, row);
            for (int token = 1; token < row.length; token++) {
                if (row[token] > row[best[i]]) {
                    best[i] = token;
                }
            }
        }
        return best;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
