/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.CompiledPlan;
import io.hookline.graph.FeedNames;
import io.hookline.model.ModelSignature.Past;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.RuntimeInferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A compiled plan in one session, without cuts. */
final class PlanSession implements CachedPlan {
    private final OrtSession session;
    private final CompiledPlan plan;
    private final List<Past> past;
    private final Set<String> feeds;
    private final Holders holders = new Holders();

    PlanSession(OrtSession session, CompiledPlan plan, List<Past> past) {
        this.session = session;
        this.plan = plan;
        this.past = past;
        this.feeds = new HashSet<>(plan.feeds());
    }

    @Override
    public boolean hold() {
        return holders.add();
    }

    @Override
    public void release() {
        if (holders.remove()) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("a session could not be closed", e);
            }
        }
    }

    @Override
    public PassResult run(PassRequest request, PassInterrupt code)
            throws RuntimeInferenceException {
        try (PassInputs inputs = PassInputs.of(request, past, feeds)) {
            return result(session.run(inputs.of(plan.feeds()), new HashSet<>(plan.outputs())));
        } catch (OrtException e) {
            throw new RuntimeInferenceException(
                    "ONNX Runtime could not run the batch: " + e.getMessage(),
                    e,
                    Ort.isOutOfMemory(e));
        }
    }

    /** Copies what leaves the graph; only the KV cache keeps the native result alive. */
    private PassResult result(OrtSession.Result result) throws OrtException {
        boolean handedOver = false;
        try {
            List<Output> taps = new ArrayList<>();
            for (int tap = 0; tap < plan.structure().taps().size(); tap++) {
                taps.add(output(result, FeedNames.tapOutput(tap)));
            }
            Optional<Output> logits =
                    plan.structure().logits() == LogitsTap.NONE
                                    || !plan.outputs().contains(FeedNames.LOGITS)
                            ? Optional.empty()
                            : Optional.of(output(result, FeedNames.LOGITS));
            handedOver = plan.structure().continues() && !past.isEmpty();
            return new PassResult(
                    taps,
                    logits,
                    handedOver ? Optional.of(OrtKvCache.of(past, result)) : Optional.empty());
        } finally {
            if (!handedOver) {
                result.close();
            }
        }
    }

    private static Output output(OrtSession.Result result, String name) throws OrtException {
        return output((OnnxTensor) result.get(name).orElseThrow());
    }

    /** A copy of a tensor. */
    static Output output(OnnxTensor tensor) throws OrtException {
        ByteBuffer data = tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new Output(tensor.getInfo().getShape(), data.rewind());
    }
}
