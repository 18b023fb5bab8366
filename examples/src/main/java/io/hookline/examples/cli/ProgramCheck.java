/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.ProgramCompletion;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.program.TensorValue;
import io.hookline.runtime.ModelPlanner;
import java.util.List;
import java.util.Map;

/** Reads programs and checks them against one model, everything that is wrong at once. */
final class ProgramCheck {
    private final ModelPlanner model;
    private final ProgramCompletion completion;
    private final InterventionFunctions functions;

    /**
     * A check on that model.
     *
     * @param vectors what programs may refer to
     * @param functions what programs may call
     */
    ProgramCheck(
            ModelPlanner model,
            Map<String, TensorValue.Literal> vectors,
            InterventionFunctions functions) {
        this.model = model;
        this.functions = functions;
        this.completion = new ProgramCompletion(Map.of(), vectors);
    }

    /**
     * Reads a program; what is wrong with it so far is in the draft.
     *
     * @param id what stands for the event's id where the program has none
     * @throws ProgramException when the bytes are no JSON document
     */
    ProgramDraft read(byte[] json, String id) throws ProgramException {
        ProgramDraft draft = ProgramReader.draft(json);
        return completion.complete(draft, draft.program().about().id().orElse(id));
    }

    /**
     * Makes a program ready to run.
     *
     * @throws ProgramException with what the draft knew and what is wrong on this model
     */
    PlannedTrace plan(ProgramDraft draft) throws ProgramException {
        return model.plan(draft, functions, List.of());
    }
}
