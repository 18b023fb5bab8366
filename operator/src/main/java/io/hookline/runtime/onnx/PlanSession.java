/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.CompiledPlan;
import io.hookline.graph.FeedNames;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Tap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.RuntimeInferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled plan in one session, without cuts. Taps whose shape is known before a run are written
 * straight to memory of ours, once a first run has shown that the shape is what it should be.
 */
final class PlanSession implements CachedPlan {
    private final OrtSession session;
    private final CompiledPlan plan;
    private final Feeder feeder;
    private final TapMemory taps;
    private final Set<String> feeds;
    private final List<String> copied;
    private final Holders holders = new Holders();
    private volatile @Nullable Set<String> predictable;

    /**
     * @param taps what they are written to, shared with other sessions
     */
    PlanSession(OrtSession session, CompiledPlan plan, Feeder feeder, TapMemory taps) {
        this.session = session;
        this.plan = plan;
        this.feeder = feeder;
        this.taps = taps;
        this.feeds = new HashSet<>(plan.feeds());
        this.copied = plan.copied();
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
    public PassResult run(PassRequest request, PassInterrupt code, Memory memory)
            throws RuntimeInferenceException {
        try (PassInputs inputs = feeder.feed(request, feeds);
                OrtSession.RunOptions options = Ort.options(memory)) {
            List<PinnedTaps.Expected> expected = expected(request);
            Optional<TapMemory.Block> block =
                    predictable == null || expected.isEmpty()
                            ? Optional.empty()
                            : taps.block(size(expected));
            return block.isPresent()
                    ? run(inputs, block.get(), expected, options)
                    : learning(run(inputs, options), expected);
        } catch (OrtException e) {
            throw new RuntimeInferenceException(
                    "ONNX Runtime could not run the batch: " + e.getMessage(),
                    e,
                    Ort.isOutOfMemory(e));
        }
    }

    /** Runs with some taps in a block, which goes to the caller with the result. */
    private PassResult run(
            PassInputs inputs,
            TapMemory.Block block,
            List<PinnedTaps.Expected> expected,
            OrtSession.RunOptions options)
            throws OrtException {
        boolean handedOver = false;
        try (PinnedTaps pinned = PinnedTaps.in(block, expected)) {
            OrtSession.Result result =
                    session.run(
                            inputs.of(plan.feeds()), wanted(expected), pinned.tensors(), options);
            PassResult copied = result(result, pinned.outputs());
            handedOver = true;
            return copied.in(block::close);
        } finally {
            if (!handedOver) {
                block.close();
            }
        }
    }

    private PassResult run(PassInputs inputs, OrtSession.RunOptions options) throws OrtException {
        return result(session.run(inputs.of(plan.feeds()), wanted(List.of()), options), Map.of());
    }

    /** Outputs that ONNX Runtime keeps in memory of its own. */
    private Set<String> wanted(List<PinnedTaps.Expected> pinned) {
        Set<String> wanted = new LinkedHashSet<>(plan.outputs());
        pinned.forEach(each -> wanted.remove(each.output()));
        return wanted;
    }

    /** The taps whose shapes follow from the feeds, but for those that were seen to differ. */
    private List<PinnedTaps.Expected> expected(PassRequest request) {
        Map<String, HostTensor> fed = new HashMap<>();
        request.feeds().forEach(feed -> fed.put(feed.name(), feed));
        Set<String> seen = predictable;
        List<PinnedTaps.Expected> expected = new ArrayList<>();
        Set<String> outputs = new HashSet<>();
        for (int i = 0; i < plan.structure().taps().size(); i++) {
            Tap tap = plan.structure().taps().get(i);
            HostTensor known = fed.get(tap.whole() ? FeedNames.SHAPE : FeedNames.tapRows(i));
            boolean right = seen == null || seen.contains(copied.get(i));
            if (known != null
                    && right
                    && PinnedTaps.isPredictable(tap)
                    && outputs.add(copied.get(i))) {
                long[] shape = PinnedTaps.shape(tap, known);
                expected.add(new PinnedTaps.Expected(copied.get(i), tap, shape));
            }
        }
        return expected;
    }

    private static long size(List<PinnedTaps.Expected> expected) {
        return expected.stream().mapToLong(each -> TapMemory.aligned(each.bytes())).sum();
    }

    /** Remembers of the first run which taps came as expected. */
    private PassResult learning(PassResult result, List<PinnedTaps.Expected> expected) {
        if (predictable == null) {
            Set<String> right = new HashSet<>();
            for (PinnedTaps.Expected each : expected) {
                Output output = result.taps().get(copied.indexOf(each.output()));
                if (Arrays.equals(output.shape(), each.shape())) {
                    right.add(each.output());
                }
            }
            predictable = Set.copyOf(right);
        }
        return result;
    }

    /** Copies what leaves the graph; only the KV cache keeps the native result alive. */
    private PassResult result(OrtSession.Result result, Map<String, Output> pinned)
            throws OrtException {
        boolean handedOver = false;
        try {
            Map<String, Output> read = new HashMap<>(pinned);
            List<Output> taps = new ArrayList<>();
            for (String tap : copied) {
                if (!read.containsKey(tap)) {
                    read.put(tap, output(result, tap));
                }
                taps.add(read.get(tap));
            }
            Optional<Output> logits =
                    plan.structure().logits() == LogitsTap.NONE
                                    || !plan.outputs().contains(FeedNames.LOGITS)
                            ? Optional.empty()
                            : Optional.of(output(result, FeedNames.LOGITS));
            if (!plan.structure().continues() || feeder.past().isEmpty()) {
                return new PassResult(taps, logits, Optional.empty());
            }
            OrtKvCache cache = OrtKvCache.of(feeder.past(), result);
            handedOver = true;
            return new PassResult(taps, logits, Optional.of(cache));
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
