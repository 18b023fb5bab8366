/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import io.hookline.model.Site;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.Tap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The taps of one run that ONNX Runtime writes straight to our memory. Closing it ends the tensors
 * but not the memory, which lasts as long as its block.
 */
final class PinnedTaps implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final Map<String, Output> outputs = new HashMap<>();

    /**
     * An output whose shape is known before the run.
     *
     * @param shape {@code [positions, units]}, or the site's own of a whole value
     */
    record Expected(String output, Tap tap, long[] shape) {
        long bytes() {
            return Arrays.stream(shape).reduce(tap.dtype().bytes(), (a, b) -> a * b);
        }
    }

    /** Whether what a tap gives follows from how many positions it selects. */
    static boolean isPredictable(Tap tap) {
        return tap.pooling() == Pooling.NONE && tap.site().layout() != Site.Layout.ATTENTION;
    }

    /**
     * The shape that a predictable tap has.
     *
     * @param known the positions that are fed to it; of a whole value the shape of the pass
     */
    static long[] shape(Tap tap, HostTensor known) {
        long units = tap.units().isEmpty() ? tap.site().width() : tap.units().size();
        if (!tap.whole()) {
            return new long[] {known.shape()[0], units};
        }
        long batch = known.data().getLong(0);
        long tokens = known.data().getLong(Long.BYTES);
        return tap.site().layout() == Site.Layout.FLAT
                ? new long[] {batch * tokens, units}
                : new long[] {batch, tokens, units};
    }

    /** Makes a tensor for each, one after another in a block that has room for them. */
    static PinnedTaps in(TapMemory.Block block, List<Expected> expected) throws OrtException {
        PinnedTaps pinned = new PinnedTaps();
        try {
            for (Expected each : expected) {
                pinned.add(each, block.next((int) each.bytes()));
            }
            return pinned;
        } catch (OrtException | RuntimeException e) {
            pinned.close();
            throw e;
        }
    }

    private void add(Expected expected, ByteBuffer place) throws OrtException {
        OnnxTensor tensor =
                OnnxTensor.createTensor(
                        Ort.environment(),
                        place,
                        expected.shape(),
                        Ort.type(expected.tap().dtype()));
        tensors.put(expected.output(), tensor);
        ByteBuffer data = place.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        outputs.put(expected.output(), new Output(expected.shape(), data));
    }

    /** Tensors by the output that is written to them. */
    Map<String, OnnxValue> tensors() {
        return Map.copyOf(tensors);
    }

    /** What was written, by output. */
    Map<String, Output> outputs() {
        return outputs;
    }

    @Override
    public void close() {
        Ort.closeAll(tensors.values());
    }
}
