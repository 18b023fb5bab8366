/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.CompiledPlan;
import io.hookline.graph.FeedNames;
import io.hookline.model.ModelSignature.Past;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.RuntimeInferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A compiled plan in a session. Thread-safe. Every run holds it; it is closed when its owner has
 * let go and the last run has ended, since closing a running session would end the process.
 */
final class PlanSession {
    private final OrtSession session;
    private final CompiledPlan plan;
    private final List<Past> past;
    private final Set<String> feeds;
    private int holders = 1;

    PlanSession(OrtSession session, CompiledPlan plan, List<Past> past) {
        this.session = session;
        this.plan = plan;
        this.past = past;
        this.feeds = new HashSet<>(plan.feeds());
    }

    /** Takes hold of the session; false when it is closed already. */
    synchronized boolean hold() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    /** Lets go of the session; the last one closes it. */
    synchronized void release() {
        if (--holders == 0) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("a session could not be closed", e);
            }
        }
    }

    /** Runs one pass while the caller holds the session. */
    PassResult run(PassRequest request) throws RuntimeInferenceException {
        List<OnnxTensor> made = new ArrayList<>();
        try (OrtKvCache empty = emptyCache(request)) {
            Map<String, OnnxTensorLike> inputs = inputs(request, made);
            if (empty != null) {
                addPast(inputs, empty);
            }
            checkComplete(inputs);
            return result(session.run(inputs, new HashSet<>(plan.outputs())));
        } catch (OrtException e) {
            throw new RuntimeInferenceException(
                    "ONNX Runtime could not run the batch: " + e.getMessage(),
                    e,
                    Ort.isOutOfMemory(e));
        } finally {
            made.forEach(OnnxTensor::close);
        }
    }

    private @org.jspecify.annotations.Nullable OrtKvCache emptyCache(PassRequest request)
            throws OrtException {
        return request.past().isEmpty() && !past.isEmpty()
                ? OrtKvCache.empty(past, request.batch())
                : null;
    }

    private Map<String, OnnxTensorLike> inputs(PassRequest request, List<OnnxTensor> made)
            throws OrtException {
        Map<String, OnnxTensorLike> inputs = new HashMap<>();
        for (HostTensor feed : request.feeds()) {
            if (feeds.contains(feed.name())) {
                OnnxTensor tensor =
                        OnnxTensor.createTensor(
                                Ort.environment(),
                                feed.data(),
                                feed.shape(),
                                Ort.type(feed.dtype()));
                made.add(tensor);
                inputs.put(feed.name(), tensor);
            }
        }
        request.past().ifPresent(cache -> addPast(inputs, (OrtKvCache) cache));
        return inputs;
    }

    private void addPast(Map<String, OnnxTensorLike> inputs, OrtKvCache cache) {
        cache.tensors()
                .forEach(
                        (name, tensor) -> {
                            if (feeds.contains(name)) {
                                inputs.put(name, tensor);
                            }
                        });
    }

    /**
     * ONNX Runtime itself notices a missing input only when a node wants it, after part of the
     * work.
     */
    private void checkComplete(Map<String, OnnxTensorLike> inputs) {
        for (String feed : plan.feeds()) {
            if (!inputs.containsKey(feed)) {
                throw new IllegalStateException("nothing is fed to '" + feed + "'");
            }
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
        OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
        ByteBuffer data = tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new Output(tensor.getInfo().getShape(), data.rewind());
    }
}
