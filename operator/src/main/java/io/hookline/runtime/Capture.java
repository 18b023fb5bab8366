/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.HookPoint;
import io.hookline.schema.ElementType;

/**
 * One recorded value of one invocation, copied out of the model: own tokens only, no batch axis.
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
 * @param data row-major, little-endian
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
        byte[] data) {}
