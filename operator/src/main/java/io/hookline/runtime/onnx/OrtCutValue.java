/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import io.hookline.graph.SegmentedPlan;
import io.hookline.model.Site;
import io.hookline.runtime.PassInterrupt.CutValue;
import io.hookline.schema.ElementType;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.OptionalInt;

/** A view of the tensor at a cut, which stays its owner's; closed when the code returns. */
final class OrtCutValue implements CutValue, AutoCloseable {
    private final Site site;
    private final OptionalInt slot;
    private final OnnxTensor tensor;
    private boolean closed;

    OrtCutValue(SegmentedPlan.Cut cut, OnnxTensor tensor) {
        this.site = cut.site();
        this.slot = cut.slot();
        this.tensor = tensor;
    }

    @Override
    public Site site() {
        return site;
    }

    @Override
    public OptionalInt slot() {
        return slot;
    }

    @Override
    public long[] shape() {
        return tensor.getInfo().getShape().clone();
    }

    @Override
    public float[] floats() {
        if (closed) {
            throw new IllegalStateException(
                    "the value at '%s' can only be read while its code runs"
                            .formatted(site.point()));
        }
        if (site.dtype() == ElementType.FLOAT64) {
            return floats(tensor.getDoubleBuffer());
        }
        // Half floats come out in a direct buffer, which has no array.
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] floats(DoubleBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) buffer.get(i);
        }
        return values;
    }

    @Override
    public void close() {
        closed = true;
    }
}
