/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;

/**
 * A logistic read-out: the probability {@code 1 / (1 + exp(-(weights · h + bias)))}. Fitted by
 * regularised logistic regression on activations whose units were scaled to equal spread.
 */
public record LinearProbe(float[] weights, double bias) {
    /** How much the examples count against short weights: the library's own default. */
    private static final double COST = 1;

    private static final double TOLERANCE = 1e-6;

    /**
     * Fits a probe.
     *
     * @param activations one of each example, equally wide
     * @param positive which of them it should fire on, some but not all
     */
    public static LinearProbe fit(List<float[]> activations, boolean[] positive) {
        Scaling scaling = Scaling.of(activations);
        Problem problem = new Problem();
        problem.l = activations.size();
        problem.n = scaling.width() + 1;
        problem.bias = 1;
        problem.x = new Feature[problem.l][];
        problem.y = new double[problem.l];
        for (int i = 0; i < problem.l; i++) {
            problem.x[i] = features(scaling, activations.get(i));
            problem.y[i] = positive[i] ? 1 : -1;
        }
        Linear.disableDebugOutput();
        Model model = Linear.train(problem, new Parameter(SolverType.L2R_LR, COST, TOLERANCE));
        // The library's weights speak for the class that it saw first.
        double sign = model.getLabels()[0] == 1 ? 1 : -1;
        return scaling.unscaled(model.getFeatureWeights(), sign);
    }

    private static Feature[] features(Scaling scaling, float[] activation) {
        Feature[] features = new Feature[scaling.width() + 1];
        for (int unit = 0; unit < scaling.width(); unit++) {
            features[unit] = new FeatureNode(unit + 1, scaling.scaled(activation, unit));
        }
        features[scaling.width()] = new FeatureNode(scaling.width() + 1, 1);
        return features;
    }

    /** The probability that the activation is positive. */
    public double probability(float[] activation) {
        double sum = bias;
        for (int unit = 0; unit < weights.length; unit++) {
            sum += (double) weights[unit] * activation[unit];
        }
        return 1 / (1 + Math.exp(-sum));
    }

    /** Mean and one over the spread of each unit. */
    private record Scaling(double[] mean, double[] scale) {
        static Scaling of(List<float[]> activations) {
            int width = activations.get(0).length;
            double[] mean = new double[width];
            double[] scale = new double[width];
            for (int unit = 0; unit < width; unit++) {
                double sum = 0;
                double squares = 0;
                for (float[] activation : activations) {
                    sum += activation[unit];
                    squares += (double) activation[unit] * activation[unit];
                }
                mean[unit] = sum / activations.size();
                double variance = squares / activations.size() - mean[unit] * mean[unit];
                scale[unit] = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
            }
            return new Scaling(mean, scale);
        }

        int width() {
            return mean.length;
        }

        double scaled(float[] activation, int unit) {
            return (activation[unit] - mean[unit]) * scale[unit];
        }

        /** The probe for activations as they are. */
        LinearProbe unscaled(double[] fitted, double sign) {
            float[] weights = new float[width()];
            double bias = sign * fitted[width()];
            for (int unit = 0; unit < weights.length; unit++) {
                double weight = sign * fitted[unit] * scale[unit];
                weights[unit] = (float) weight;
                bias -= weight * mean[unit];
            }
            return new LinearProbe(weights, bias);
        }
    }
}
