/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.HookPoint;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Capture;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.codec.TensorCodec;
import java.util.ArrayList;
import java.util.List;

/** Runs prompts and reads one activation of each. */
public final class PromptActivations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 32;

    private final ModelRuntime model;
    private final Reading reading;

    /** Activations of that model, which stays the caller's. */
    public PromptActivations(ModelRuntime model, Reading reading) {
        this.model = model;
        this.reading = reading;
    }

    /**
     * The activation of each prompt, as wide as the hook point.
     *
     * @throws ProgramException when there is no such hook point, or a prompt is too long
     */
    public List<float[]> of(List<String> prompts)
            throws ProgramException, RuntimeInferenceException {
        List<float[]> activations = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += BATCH) {
            List<PlannedTrace> batch = new ArrayList<>();
            for (String prompt : prompts.subList(from, Math.min(from + BATCH, prompts.size()))) {
                batch.add(model.plan(ProgramReader.read(program(prompt))));
            }
            for (TraceOutcome outcome : model.run(batch)) {
                activations.add(activation(outcome));
            }
        }
        return activations;
    }

    private ObjectNode program(String prompt) {
        String io = io();
        ObjectNode program = JSON.createObjectNode().put("logits", "none");
        program.putArray("invocations").addObject().put("prompt", prompt);
        ObjectNode cache = program.putArray("cache").addObject();
        int module = Math.max(0, reading.at().length() - io.length() - 1);
        cache.putArray("modules").add(reading.at().substring(0, module));
        cache.put("include_output", !io.startsWith("input"));
        cache.put("include_inputs", io.startsWith("input"));
        cache.put("tokens", reading.tokens()).put("dtype", "float32");
        if (reading.mean()) {
            cache.put("reduce", "mean");
        }
        return program;
    }

    /** What stands behind the module. */
    private String io() {
        return reading.at().substring(reading.at().lastIndexOf('.') + 1);
    }

    private static String io(HookPoint point) {
        return point.toString().substring(point.module().length() + 1);
    }

    private float[] activation(TraceOutcome outcome) throws RuntimeInferenceException {
        if (outcome instanceof TraceOutcome.Completed completed) {
            List<Capture> captures =
                    completed.rows().get(0).captures().stream()
                            .filter(each -> io().equals(io(each.point())))
                            .toList();
            if (captures.size() != 1) {
                throw new IllegalArgumentException(
                        "'%s' names %d values, one is needed"
                                .formatted(reading.at(), captures.size()));
            }
            Capture capture = captures.get(0);
            return TensorCodec.decode(capture.data(), capture.dtype());
        }
        throw new RuntimeInferenceException(outcome.toString(), new IllegalStateException(), false);
    }
}
