/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a graph's weights are read from, piece by piece, and where new ones go. */
public interface WeightStore {
    /**
     * Reads numbers of a float32 tensor.
     *
     * @param from index of the first one, row-major
     * @param into filled whole
     */
    void read(TensorProto tensor, long from, float[] into) throws IOException;

    /**
     * Keeps the data of a new tensor.
     *
     * @param tensor name, type and shape
     * @param data little-endian, from its position to its limit
     * @return the tensor as a graph refers to it
     */
    TensorProto keep(TensorProto tensor, ByteBuffer data) throws IOException;
}
