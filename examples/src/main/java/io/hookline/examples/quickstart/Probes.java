/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.examples.probe.ControlEvents;
import io.hookline.examples.probe.LabelledPrompt;
import io.hookline.examples.probe.ProbeTraining;
import io.hookline.examples.probe.Reading;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What somebody wants to be told of, and how the model shows it: a probe for each tone, and a rule
 * that watches it.
 *
 * @param at the hook point that is read
 * @param byTone the probes, by the tone that each looks for
 */
record Probes(String at, Map<String, ProbeTraining.Trained> byTone) {
    /** Tones that raise an alert, with what they are worth. */
    private static final Map<String, String> SEVERITIES = severities();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double HELD_OUT = 0.25;

    /** As likely as not: what a logistic probe is fitted for. */
    private static final double LIMIT = 0.5;

    private static final String EXPIRE = "10m";

    /** Trains on tickets that the quickstart doesn't send. */
    static Probes train(ModelRuntime runtime, String module, List<Ticket> training)
            throws ProgramException, RuntimeInferenceException {
        String at = module + ".output";
        ProbeTraining trainer =
                new ProbeTraining(runtime, Reading.of(runtime.info(), at), HELD_OUT);
        Map<String, ProbeTraining.Trained> byTone = new LinkedHashMap<>();
        for (String tone : SEVERITIES.keySet()) {
            byTone.put(
                    tone,
                    trainer.train(
                            training.stream()
                                    .map(
                                            ticket ->
                                                    new LabelledPrompt(
                                                            ticket.prompt(),
                                                            ticket.tone().equals(tone)))
                                    .toList()));
        }
        return new Probes(at, byTone);
    }

    /** Whether tickets of that tone are to raise an alert. */
    static boolean isWatched(String tone) {
        return SEVERITIES.containsKey(tone);
    }

    /** The worst of the probes on tickets that it wasn't fitted to: 1 is perfect, 0.5 is luck. */
    double auc() {
        return byTone.values().stream()
                .mapToDouble(trained -> trained.heldOut().auc())
                .min()
                .orElse(0);
    }

    /** A probe and a rule for each tone, both called after it. */
    List<Messages.Control> controls() {
        List<Messages.Control> controls = new ArrayList<>();
        byTone.forEach(
                (tone, trained) -> {
                    ControlEvents.Event probe = trained.body().named(tone);
                    controls.add(new Messages.Control(probe.key(), probe.value()));
                    controls.add(new Messages.Control("rule/" + tone, rule(tone)));
                });
        return controls;
    }

    /** Each ticket is watched by itself: one is enough to tell somebody. */
    private static String rule(String tone) {
        ObjectNode rule = JSON.createObjectNode().put("put", "rule").put("name", tone);
        ObjectNode body = rule.putObject("body").put("signal", tone).put("key", "event");
        body.putObject("detector").put("type", "threshold").put("above", LIMIT);
        body.put("expire", EXPIRE)
                .put("severity", SEVERITIES.getOrDefault(tone, "info"))
                .put("summary", "{event}: {signal}, with probability {value}");
        return rule.toString();
    }

    private static Map<String, String> severities() {
        Map<String, String> severities = new LinkedHashMap<>();
        severities.put("angry", "warning");
        severities.put("injection", "critical");
        return severities;
    }
}
