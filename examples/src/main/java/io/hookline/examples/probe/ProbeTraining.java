/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Fits probes on a model's activations, and judges them on examples that were held out. */
public final class ProbeTraining {
    private static final long SEED = 20;

    private final ModelRuntime model;
    private final Reading reading;
    private final double heldOut;

    /** A probe as it was fitted, and how it did on the examples that were held out. */
    public record Trained(LinearProbe probe, Reading reading, Evaluation heldOut) {
        /** The probe as the control topic takes it. */
        public ControlEvents.Body body() {
            return ControlEvents.probe(probe, reading);
        }
    }

    /**
     * Training on that model, which stays the caller's.
     *
     * @param heldOut share of the examples of each kind that is only judged by, above 0, below 1
     */
    public ProbeTraining(ModelRuntime model, Reading reading, double heldOut) {
        if (!(heldOut > 0 && heldOut < 1)) {
            throw new IllegalArgumentException(
                    "the share that is held out must be above 0 and below 1, got " + heldOut);
        }
        this.model = model;
        this.reading = reading;
        this.heldOut = heldOut;
    }

    /**
     * Fits a probe; the same examples give the same one.
     *
     * @throws ProgramException when there is no such hook point, or a prompt is too long
     */
    public Trained train(List<LabelledPrompt> examples)
            throws ProgramException, RuntimeInferenceException {
        List<LabelledPrompt> judged = new ArrayList<>();
        List<LabelledPrompt> fitted = new ArrayList<>();
        for (boolean positive : new boolean[] {true, false}) {
            split(examples, positive, judged, fitted);
        }
        PromptActivations activations = new PromptActivations(model, reading);
        LinearProbe probe = LinearProbe.fit(activations.of(prompts(fitted)), labels(fitted));
        Evaluation evaluation =
                Evaluation.of(probe, activations.of(prompts(judged)), labels(judged));
        return new Trained(probe, reading, evaluation);
    }

    private void split(
            List<LabelledPrompt> examples,
            boolean positive,
            List<LabelledPrompt> judged,
            List<LabelledPrompt> fitted) {
        List<LabelledPrompt> own = new ArrayList<>();
        examples.stream().filter(each -> each.positive() == positive).forEach(own::add);
        if (own.size() < 2) {
            throw new IllegalArgumentException(
                    "%d %s examples are too few, at least 2 are needed"
                            .formatted(own.size(), positive ? "positive" : "negative"));
        }
        Collections.shuffle(own, new Random(SEED));
        int out = (int) Math.min(own.size() - 1, Math.max(1, Math.round(own.size() * heldOut)));
        judged.addAll(own.subList(0, out));
        fitted.addAll(own.subList(out, own.size()));
    }

    static List<String> prompts(List<LabelledPrompt> examples) {
        return examples.stream().map(LabelledPrompt::prompt).toList();
    }

    private static boolean[] labels(List<LabelledPrompt> examples) {
        boolean[] labels = new boolean[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = examples.get(i).positive();
        }
        return labels;
    }
}
