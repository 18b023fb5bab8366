/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.HookPoint;
import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a logit lens gives for some positions: the likeliest tokens and their logits, likeliest
 * first. It is recorded as two values of the hook point: index 0 holds the logits, index 1 the
 * token ids.
 *
 * @param logits {@code [positions × k]}
 * @param ids {@code [positions × k]}
 */
record LensValues(int positions, int k, float[] logits, long[] ids) {
    /** Splits rows of k logits and then k ids, all of them float32. */
    static LensValues of(ByteBuffer data, int k) {
        float[] values = TensorCodec.decode(data, ElementType.FLOAT32);
        int positions = values.length / (2 * k);
        float[] logits = new float[positions * k];
        long[] ids = new long[positions * k];
        for (int position = 0; position < positions; position++) {
            for (int rank = 0; rank < k; rank++) {
                logits[position * k + rank] = values[position * 2 * k + rank];
                ids[position * k + rank] = (long) values[position * 2 * k + k + rank];
            }
        }
        return new LensValues(positions, k, logits, ids);
    }

    /** The two captures, which differ from the given one in index, type, shape and data. */
    List<Capture> captures(Capture like) {
        ByteBuffer idBytes =
                ByteBuffer.allocate(ids.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        idBytes.asLongBuffer().put(ids);
        return List.of(
                part(like, 0, like.dtype(), TensorCodec.encode(logits, like.dtype())),
                part(like, 1, ElementType.INT64, idBytes.array()));
    }

    private Capture part(Capture like, int index, ElementType dtype, byte[] data) {
        return new Capture(
                like.cache(),
                like.invocation(),
                new HookPoint(like.point().module(), like.point().io(), index),
                like.visit(),
                like.step(),
                like.stage(),
                like.reduction(),
                like.tokens(),
                dtype,
                new int[] {positions, k},
                data);
    }
}
