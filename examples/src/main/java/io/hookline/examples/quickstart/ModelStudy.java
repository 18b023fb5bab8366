/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

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
 */
record ModelStudy(
        String name, Blocks blocks, boolean generates, List<String> modules, float[] direction) {
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
                new Direction(runtime, blocks.steered()).angryToCalm(training));
    }

    Messages messages() {
        return new Messages(blocks, generates);
    }
}
