/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.examples.probe.LabelledPrompt;
import io.hookline.examples.probe.Reading;
import io.hookline.examples.probe.SteeringVector;
import io.hookline.model.Module;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.List;

/**
 * What the quickstart learns of a model before the job runs it.
 *
 * @param modules paths of everything that can be recorded
 * @param direction from angry to calm, in the output of the block that is steered
 * @param probes for the tones that raise alerts
 */
record ModelStudy(
        String name,
        Blocks blocks,
        boolean generates,
        List<String> modules,
        float[] direction,
        Probes probes) {
    static ModelStudy of(ModelRuntime runtime, List<Ticket> training)
            throws ProgramException, RuntimeInferenceException {
        ModelInfo info = runtime.info();
        Blocks blocks = Blocks.of(info.tree());
        return new ModelStudy(
                info.name(),
                blocks,
                info.signature().causal(),
                info.tree().modules().stream()
                        .filter(module -> !module.sites().isEmpty())
                        .map(Module::path)
                        .toList(),
                SteeringVector.of(
                        runtime,
                        Reading.of(info, blocks.steered() + ".output"),
                        calmOrAngry(training)),
                Probes.train(runtime, blocks.probed(), training));
    }

    private static List<LabelledPrompt> calmOrAngry(List<Ticket> tickets) {
        return tickets.stream()
                .filter(ticket -> ticket.isCalm() || ticket.isAngry())
                .map(ticket -> new LabelledPrompt(ticket.prompt(), ticket.isCalm()))
                .toList();
    }

    Messages messages() {
        return new Messages(blocks, generates);
    }
}
