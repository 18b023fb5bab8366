/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Capture;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The direction from angry to calm in a model's activations: the difference between the mean
 * activation of calm tickets and that of angry ones.
 */
final class Direction {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 32;

    private final ModelRuntime runtime;
    private final String module;

    /** The direction in the output of that module. */
    Direction(ModelRuntime runtime, String module) {
        this.runtime = runtime;
        this.module = module;
    }

    /** Runs the tickets and returns the direction, as wide as the module's output. */
    float[] angryToCalm(List<Ticket> tickets) throws ProgramException, RuntimeInferenceException {
        float[] calm = mean(tickets, Ticket::isCalm);
        float[] angry = mean(tickets, Ticket::isAngry);
        for (int unit = 0; unit < calm.length; unit++) {
            calm[unit] -= angry[unit];
        }
        return calm;
    }

    private float[] mean(List<Ticket> tickets, Predicate<Ticket> which)
            throws ProgramException, RuntimeInferenceException {
        List<float[]> activations = activations(tickets.stream().filter(which).toList());
        float[] mean = new float[activations.get(0).length];
        for (float[] activation : activations) {
            for (int unit = 0; unit < mean.length; unit++) {
                mean[unit] += activation[unit] / activations.size();
            }
        }
        return mean;
    }

    private List<float[]> activations(List<Ticket> tickets)
            throws ProgramException, RuntimeInferenceException {
        List<float[]> activations = new ArrayList<>();
        for (int from = 0; from < tickets.size(); from += BATCH) {
            List<PlannedTrace> batch = new ArrayList<>();
            for (Ticket ticket : tickets.subList(from, Math.min(from + BATCH, tickets.size()))) {
                batch.add(runtime.plan(ProgramReader.read(program(ticket))));
            }
            for (TraceOutcome outcome : runtime.run(batch)) {
                activations.add(activation(outcome));
            }
        }
        return activations;
    }

    private ObjectNode program(Ticket ticket) {
        ObjectNode program = JSON.createObjectNode().put("logits", "none");
        program.putArray("invocations").addObject().put("prompt", ticket.prompt());
        ObjectNode cache = program.putArray("cache").addObject();
        cache.putArray("modules").add(module);
        // A decoder's last token has seen all of the prompt; in an encoder every token has.
        if (runtime.info().signature().causal()) {
            cache.put("tokens", "last");
        } else {
            cache.put("reduce", "mean");
        }
        return program;
    }

    private static float[] activation(TraceOutcome outcome) throws RuntimeInferenceException {
        if (outcome instanceof TraceOutcome.Completed completed) {
            Capture capture = completed.rows().get(0).captures().get(0);
            return TensorCodec.decode(ByteBuffer.wrap(capture.data()), capture.dtype());
        }
        throw new RuntimeInferenceException(outcome.toString(), new IllegalStateException(), false);
    }
}
