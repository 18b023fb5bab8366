/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.HookPoint;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One recorded value of one invocation: own tokens only, no batch axis. It lies in memory of its
 * own unless the run was given a {@link CaptureMemory}.
 *
 * @param cache the policy's name, or else its index: the program's list first, then the
 *     invocation's own
 * @param point the hook point, by the name the policy gives the module
 * @param visit the module's call within the step
 * @param stage {@code pre} or {@code post}
 * @param reduction {@code none}, {@code mean}, {@code max}, {@code norm}, {@code project} or {@code
 *     lens}
 * @param tokens the positions recorded, within the step
 * @param shape {@code [tokens, width]}, {@code [heads, tokens, keys]} or what the reduction leaves
 * @param data row-major, little-endian, from its position to its limit; to be read only
 */
public record Capture(
        String cache,
        int invocation,
        HookPoint point,
        int visit,
        int step,
        String stage,
        String reduction,
        int[] tokens,
        ElementType dtype,
        int[] shape,
        ByteBuffer data) {
    public Capture {
        if (data.order() != ByteOrder.LITTLE_ENDIAN) {
            data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** A capture of these bytes, which become its own. */
    public Capture(
            String cache,
            int invocation,
            HookPoint point,
            int visit,
            int step,
            String stage,
            String reduction,
            int[] tokens,
            ElementType dtype,
            int[] shape,
            byte[] data) {
        this(
                cache,
                invocation,
                point,
                visit,
                step,
                stage,
                reduction,
                tokens,
                dtype,
                shape,
                ByteBuffer.wrap(data));
    }

    /** A copy of its data. */
    public byte[] bytes() {
        byte[] bytes = new byte[data.remaining()];
        data.get(data.position(), bytes);
        return bytes;
    }
}
