/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.FeedNames;
import io.hookline.graph.SegmentedPlan;
import io.hookline.model.ModelSignature.Past;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One pass through the segments of a plan. Owns every tensor that a segment makes or code gives,
 * and closes each as soon as nothing reads it any more. Used by one thread.
 */
final class SegmentedRun implements AutoCloseable {
    private final SegmentedPlan plan;
    private final PassInputs fed;
    private final OrtSession.RunOptions options;
    private final Set<String> presents;
    private final TensorPool pool = new TensorPool();
    private final Map<String, Output> outputs = new HashMap<>();

    /**
     * @param options of each segment, the caller's
     */
    SegmentedRun(
            SegmentedPlan plan, PassInputs fed, List<Past> past, OrtSession.RunOptions options) {
        this.plan = plan;
        this.fed = fed;
        this.options = options;
        this.presents =
                plan.structure().continues()
                        ? past.stream().map(Past::present).collect(Collectors.toSet())
                        : Set.of();
    }

    /** Runs a segment and then the code behind it. */
    void run(int segment, SegmentedSession.Step step, PassInterrupt code) throws OrtException {
        run(step);
        for (SegmentedPlan.Cut cut : plan.cutsAfter(segment)) {
            interrupt(cut, code);
        }
        Set<String> read = new HashSet<>(step.live());
        read.addAll(presents);
        pool.retain(read);
    }

    private void run(SegmentedSession.Step step) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        step.segment().inputs().forEach(name -> inputs.put(name, tensor(name)));
        // Each output becomes the pool's own, so the result has nothing left to close.
        OrtSession.Result result =
                step.session().run(inputs, new HashSet<>(step.segment().outputs()), options);
        result.forEach(entry -> pool.put(entry.getKey(), (OnnxTensor) entry.getValue()));
        for (String name : step.leaving()) {
            outputs.put(name, PlanSession.output(tensor(name)));
        }
    }

    private OnnxTensor tensor(String name) {
        return pool.find(name).orElseGet(() -> fed.of(name));
    }

    private void interrupt(SegmentedPlan.Cut cut, PassInterrupt code) throws OrtException {
        OnnxTensor tensor = tensor(cut.value());
        Optional<HostTensor> replacement;
        try (OrtCutValue value = new OrtCutValue(cut, tensor)) {
            replacement = code.at(value);
        }
        if (replacement.isPresent()) {
            checkFits(cut, tensor, replacement.get());
            pool.put(cut.resumed(), Ort.tensor(replacement.get()));
        } else {
            pool.put(cut.resumed(), tensor);
        }
    }

    private static void checkFits(
            SegmentedPlan.Cut cut, OnnxTensor tensor, HostTensor replacement) {
        long[] shape = tensor.getInfo().getShape();
        if (replacement.dtype() != cut.site().dtype()
                || !Arrays.equals(replacement.shape(), shape)) {
            throw new IllegalArgumentException(
                    "the value at '%s' is %s %s and can't be replaced by %s %s"
                            .formatted(
                                    cut.site().point(),
                                    cut.site().dtype().wireName(),
                                    Arrays.toString(shape),
                                    replacement.dtype().wireName(),
                                    Arrays.toString(replacement.shape())));
        }
    }

    /** What the pass gave; the KV cache is handed over. */
    PassResult result(List<Past> past) {
        List<Output> taps = new ArrayList<>();
        for (String copied : FeedNames.copiedOut(plan.structure())) {
            taps.add(outputs.get(copied));
        }
        return new PassResult(
                taps,
                Optional.ofNullable(outputs.get(FeedNames.LOGITS)),
                presents.isEmpty()
                        ? Optional.empty()
                        : Optional.of(OrtKvCache.of(past, pool.release(presents))));
    }

    @Override
    public void close() {
        pool.close();
    }
}
