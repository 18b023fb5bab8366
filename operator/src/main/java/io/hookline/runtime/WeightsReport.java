/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.ModelException;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.About;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.Prompt;
import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What other weights cost in accuracy: the next-token distributions of two runtimes of one model,
 * compared at every position of some prompts.
 *
 * @param positions how many were compared
 * @param agreement share of them at which both find the same token likeliest, 0 to 1
 * @param meanDivergence mean Kullback-Leibler divergence of the candidate from the reference, in
 *     nats
 * @param worstDivergence the largest one
 */
public record WeightsReport(
        int positions, double agreement, double meanDivergence, double worstDivergence) {

    /**
     * Compares two runtimes.
     *
     * @param reference the model as it should be
     * @param candidate the same model with other weights
     * @param prompts at least one
     * @throws ModelException when the model is an encoder
     * @throws ProgramException when a prompt is empty or too long
     * @throws RuntimeInferenceException when one of them can't run a prompt
     */
    public static WeightsReport of(
            ModelRuntime reference, ModelRuntime candidate, List<String> prompts)
            throws ModelException, ProgramException, RuntimeInferenceException {
        if (reference.info().signature().logits().isEmpty()) {
            throw new ModelException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "model '%s' is an encoder and has no next tokens to compare"
                            .formatted(reference.info().name()));
        }
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one prompt to compare at");
        }
        Comparison comparison = new Comparison();
        for (String prompt : prompts) {
            comparison.add(logits(reference, prompt), logits(candidate, prompt));
        }
        return comparison.report();
    }

    private static float[][] logits(ModelRuntime runtime, String prompt)
            throws ProgramException, RuntimeInferenceException {
        PlannedTrace trace = runtime.plan(program(prompt));
        if (runtime.run(List.of(trace)).get(0) instanceof TraceOutcome.Completed completed) {
            return completed.rows().get(0).logits();
        }
        throw new IllegalStateException("a prompt without edits did not run");
    }

    private static Program program(String prompt) {
        return new Program(
                About.nothing(),
                List.of(),
                List.of(
                        new Invocation(
                                Optional.empty(), new Prompt.Text(prompt), List.of(), List.of())),
                List.of(),
                List.of(),
                Optional.empty(),
                LogitsRequest.ALL,
                Optional.empty());
    }

    /** Sums over the positions compared so far. */
    private static final class Comparison {
        private int positions;
        private int agreed;
        private double divergence;
        private double worst;

        private void add(float[][] reference, float[][] candidate) {
            for (int position = 0; position < reference.length; position++) {
                double each = divergence(reference[position], candidate[position]);
                positions++;
                agreed += largest(reference[position]) == largest(candidate[position]) ? 1 : 0;
                divergence += each;
                worst = Math.max(worst, each);
            }
        }

        private WeightsReport report() {
            return new WeightsReport(
                    positions, (double) agreed / positions, divergence / positions, worst);
        }

        private static double divergence(float[] reference, float[] candidate) {
            double ofReference = logSum(reference);
            double ofCandidate = logSum(candidate);
            double divergence = 0;
            for (int token = 0; token < reference.length; token++) {
                double p = reference[token] - ofReference;
                divergence += Math.exp(p) * (p - (candidate[token] - ofCandidate));
            }
            return divergence;
        }

        /** Logarithm of the sum of exponentials. */
        private static double logSum(float[] logits) {
            double largest = logits[largest(logits)];
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit - largest);
            }
            return largest + Math.log(sum);
        }

        private static int largest(float[] logits) {
            int best = 0;
            for (int token = 1; token < logits.length; token++) {
                best = logits[token] > logits[best] ? token : best;
            }
            return best;
        }
    }
}
