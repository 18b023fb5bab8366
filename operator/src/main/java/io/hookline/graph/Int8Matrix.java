/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A float matrix as 8-bit whole numbers: 32 neighbours along the summed axis share a scale, and
 * what they stand for is {@code (code - 128) · scale}. The last block is filled up with zeros.
 */
final class Int8Matrix {
    static final int BLOCK = 32;

    private static final int LARGEST = 127;
    private static final int ZERO = 128;

    private final int summed;
    private final int kept;
    private final int blocks;
    private final ByteBuffer codes;
    private final ByteBuffer scales;

    private Int8Matrix(int summed, int kept) {
        this.summed = summed;
        this.kept = kept;
        this.blocks = blocks(summed);
        this.codes = ByteBuffer.allocate(Math.multiplyExact(kept * blocks, BLOCK));
        this.scales =
                ByteBuffer.allocate(Math.multiplyExact(kept * blocks, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** How many blocks the summed axis has. */
    static int blocks(int summed) {
        return (summed + BLOCK - 1) / BLOCK;
    }

    /**
     * Reads a matrix, a block's rows or a row at a time.
     *
     * @param transposed whether it lies as {@code [kept, summed]}, else {@code [summed, kept]}
     */
    static Int8Matrix of(TensorProto tensor, boolean transposed, WeightStore store)
            throws IOException {
        int rows = (int) tensor.getDims(0);
        int columns = (int) tensor.getDims(1);
        Int8Matrix matrix =
                transposed ? new Int8Matrix(columns, rows) : new Int8Matrix(rows, columns);
        if (transposed) {
            matrix.readRows(tensor, store);
        } else {
            matrix.readBlocks(tensor, store);
        }
        return matrix;
    }

    /** Length of the axis that a product sums over. */
    int summed() {
        return summed;
    }

    /** Length of the axis that a product keeps. */
    int kept() {
        return kept;
    }

    /** {@code [kept, blocks, 32]}, uint8. */
    ByteBuffer codes() {
        return codes.duplicate();
    }

    /** {@code [kept · blocks]}, float32. */
    ByteBuffer scales() {
        return scales.duplicate();
    }

    private void readRows(TensorProto tensor, WeightStore store) throws IOException {
        float[] row = new float[summed];
        for (int at = 0; at < kept; at++) {
            store.read(tensor, (long) at * summed, row);
            for (int block = 0; block < blocks; block++) {
                put(at, block, row, block * BLOCK, 1);
            }
        }
    }

    private void readBlocks(TensorProto tensor, WeightStore store) throws IOException {
        for (int block = 0; block < blocks; block++) {
            float[] rows = new float[length(block) * kept];
            store.read(tensor, (long) block * BLOCK * kept, rows);
            for (int at = 0; at < kept; at++) {
                put(at, block, rows, at, kept);
            }
        }
    }

    private int length(int block) {
        return Math.min(BLOCK, summed - block * BLOCK);
    }

    private void put(int at, int block, float[] values, int from, int stride) {
        int length = length(block);
        float largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, Math.abs(values[from + i * stride]));
        }
        float scale = largest / LARGEST;
        int index = at * blocks + block;
        scales.putFloat(index * Float.BYTES, scale);
        for (int i = 0; i < BLOCK; i++) {
            int whole = i < length && scale > 0 ? Math.round(values[from + i * stride] / scale) : 0;
            codes.put(index * BLOCK + i, (byte) (whole + ZERO));
        }
    }
}
