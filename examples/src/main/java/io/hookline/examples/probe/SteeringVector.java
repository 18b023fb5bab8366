/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.List;

/**
 * The direction from one kind of prompt to another in a model's activations: the mean activation of
 * the positive examples less that of the negative ones. Added, it steers towards the positive.
 */
public final class SteeringVector {
    private SteeringVector() {}

    /**
     * Runs the examples and returns the direction, as wide as the hook point.
     *
     * @throws ProgramException when there is no such hook point, or a prompt is too long
     */
    public static float[] of(ModelRuntime model, Reading reading, List<LabelledPrompt> examples)
            throws ProgramException, RuntimeInferenceException {
        PromptActivations activations = new PromptActivations(model, reading);
        float[] direction = mean(activations, examples, true);
        float[] negative = mean(activations, examples, false);
        for (int unit = 0; unit < direction.length; unit++) {
            direction[unit] -= negative[unit];
        }
        return direction;
    }

    private static float[] mean(
            PromptActivations activations, List<LabelledPrompt> examples, boolean positive)
            throws ProgramException, RuntimeInferenceException {
        List<float[]> own =
                activations.of(
                        examples.stream()
                                .filter(each -> each.positive() == positive)
                                .map(LabelledPrompt::prompt)
                                .toList());
        if (own.isEmpty()) {
            throw new IllegalArgumentException(
                    "no %s examples".formatted(positive ? "positive" : "negative"));
        }
        double[] sum = new double[own.get(0).length];
        for (float[] activation : own) {
            for (int unit = 0; unit < sum.length; unit++) {
                sum[unit] += activation[unit];
            }
        }
        float[] mean = new float[sum.length];
        for (int unit = 0; unit < mean.length; unit++) {
            mean[unit] = (float) (sum[unit] / own.size());
        }
        return mean;
    }
}
