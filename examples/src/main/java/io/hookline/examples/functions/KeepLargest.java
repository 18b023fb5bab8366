/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.functions;

import io.hookline.program.FunctionArgs;
import io.hookline.program.FunctionCall;
import io.hookline.program.InterventionFunction;
import io.hookline.program.TensorValue.Literal;
import java.util.Arrays;

/**
 * Keeps the {@code k} units of largest magnitude at each position and sets the others to zero:
 * {@code {"op": "call", "function": "keep-largest", "args": {"k": 16}}}.
 */
public final class KeepLargest implements InterventionFunction {
    @Override
    public String name() {
        return "keep-largest";
    }

    @Override
    public void check(FunctionArgs args) {
        int kept = args.integer("k");
        if (kept < 1) {
            throw new IllegalArgumentException("'k' must be at least 1, got " + kept);
        }
    }

    @Override
    public Literal apply(FunctionCall call) {
        float[] values = call.value().values();
        int kept = call.args().integer("k");
        for (int start = 0; start < values.length; start += call.width()) {
            float least = least(values, start, call.width(), kept);
            for (int unit = start; unit < start + call.width(); unit++) {
                values[unit] = Math.abs(values[unit]) < least ? 0 : values[unit];
            }
        }
        return call.result(values);
    }

    /** The smallest magnitude that is kept of one position. */
    private static float least(float[] values, int start, int width, int kept) {
        float[] magnitudes = new float[width];
        for (int unit = 0; unit < width; unit++) {
            magnitudes[unit] = Math.abs(values[start + unit]);
        }
        Arrays.sort(magnitudes);
        return magnitudes[Math.max(0, width - kept)];
    }
}
