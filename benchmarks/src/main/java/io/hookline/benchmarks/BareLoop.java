/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModelSignature.Past;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The same batch on the untouched model with plain ONNX Runtime, as a careful engineer would write
 * it: buffers outside the heap that are made once, the output in a pinned one, and only what is
 * wanted of it copied, for a decoder the logits of each row's last position.
 */
final class BareLoop implements AutoCloseable {
    private final ModelSignature signature;
    private final Prompts prompts;
    private final OrtSession session;
    private final BareInputs inputs;
    private final String output;
    private final FloatBuffer values;
    private final OnnxTensor pinned;

    /** What is opened and how. */
    record Setting(
            Path model,
            ModelSignature signature,
            int threads,
            OrtSession.SessionOptions.OptLevel optimisation) {}

    BareLoop(Setting setting, Prompts prompts) throws OrtException {
        this.signature = setting.signature();
        this.prompts = prompts;
        this.session = session(setting);
        this.inputs = new BareInputs(signature, prompts);
        try {
            this.output = signature.logits().orElseGet(this::firstOutput);
            long[] shape = {prompts.batch(), prompts.tokens(), width(output)};
            this.values =
                    direct((int) (shape[0] * shape[1] * shape[2]) * Float.BYTES).asFloatBuffer();
            this.pinned = OnnxTensor.createTensor(environment(), values, shape);
        } catch (OrtException | RuntimeException e) {
            inputs.close();
            session.close();
            throw e;
        }
    }

    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    /** The ONNX file of a model that may be a folder. */
    static Path modelIn(Path model) {
        if (!Files.isDirectory(model)) {
            return model;
        }
        Path direct = model.resolve("model.onnx");
        return Files.exists(direct) ? direct : model.resolve("onnx/model.onnx");
    }

    static OrtSession session(Setting setting) throws OrtException {
        try (OrtSession.SessionOptions options = options(setting)) {
            return environment().createSession(setting.model().toString(), options);
        }
    }

    static OrtSession.SessionOptions options(Setting setting) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(setting.threads());
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(setting.optimisation());
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /** Keys or values of no tokens at all. */
    static OnnxTensor empty(Past past, int batch) throws OrtException {
        long[] shape = {batch, past.heads(), 0, past.width()};
        return OnnxTensor.createTensor(environment(), direct(0), shape, type(past.dtype()));
    }

    private static OnnxJavaType type(ElementType dtype) {
        return dtype == ElementType.FLOAT16 ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
    }

    private String firstOutput() {
        return session.getOutputNames().iterator().next();
    }

    private long width(String name) throws OrtException {
        NodeInfo info = requireNonNull(session.getOutputInfo().get(name), "output");
        long[] shape = ((TensorInfo) info.getInfo()).getShape();
        return shape[shape.length - 1];
    }

    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Runs the batch and returns what each row wants of the output. */
    float[][] run() throws OrtException {
        try (BareInputs.Fed fed = inputs.fed()) {
            Map<String, OnnxValue> outputs = Map.of(output, pinned);
            try (OrtSession.Result result = session.run(fed.feeds(), Set.of(), outputs)) {
                return rows(result);
            }
        }
    }

    /** Of a decoder the last position's values, of an encoder those of every position. */
    private float[][] rows(OrtSession.Result result) {
        if (result.size() != 1) {
            throw new IllegalStateException("one output was asked for, got " + result.size());
        }
        int rowSize = values.capacity() / prompts.batch();
        int wanted = signature.logits().isPresent() ? rowSize / prompts.tokens() : rowSize;
        float[][] rows = new float[prompts.batch()][wanted];
        for (int row = 0; row < rows.length; row++) {
            values.get((row + 1) * rowSize - wanted, rows[row]);
        }
        return rows;
    }

    @Override
    public void close() throws OrtException {
        pinned.close();
        inputs.close();
        session.close();
    }
}
