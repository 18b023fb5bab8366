/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import io.hookline.program.TensorValue.Literal;

/**
 * One call of a function: the value at a hook point, and where it comes from.
 *
 * @param hookPoint as in a program's {@code at}, e.g. {@code model.lm_head.output}
 * @param visit the module's call within the step, 0 unless it is called several times
 * @param step the forward pass, 0 for the prompt
 * @param tokens the positions addressed, within the step, in the order of the value's rows
 * @param value float32 {@code [positions, width]}, of attention {@code [heads, positions, keys]}: a
 *     copy, which the function may change
 * @param args what the program gives it
 */
public record FunctionCall(
        String hookPoint, int visit, int step, int[] tokens, Literal value, FunctionArgs args) {
    public FunctionCall {
        requireNonNull(hookPoint, "hookPoint");
        requireNonNull(value, "value");
        requireNonNull(args, "args");
    }

    /** Length of the value's last axis. */
    public int width() {
        return value.shape()[value.shape().length - 1];
    }

    /**
     * A result of the value's shape.
     *
     * @throws IllegalArgumentException when there are more or fewer numbers than the shape has
     */
    public Literal result(float[] values) {
        return new Literal(value.dtype(), value.shape(), values);
    }
}
