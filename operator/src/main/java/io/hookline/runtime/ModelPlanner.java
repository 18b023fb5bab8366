/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import java.util.List;

/**
 * A model that programs can be checked against. Alone it needs no weights and computes nothing:
 * shapes and types are inferred. Thread-safe.
 */
public interface ModelPlanner extends AutoCloseable {
    /** What was loaded. */
    ModelInfo info();

    /**
     * Checks a complete program against the model and makes it ready to run.
     *
     * @param functions what it may call; only the trace keeps references to them
     * @throws ProgramException with every problem that the program has
     */
    PlannedTrace plan(Program program, InterventionFunctions functions) throws ProgramException;

    /** The same for a program that may call no function. */
    default PlannedTrace plan(Program program) throws ProgramException {
        return plan(program, InterventionFunctions.NONE);
    }

    /**
     * Checks what could be read of a document against the model and makes it ready to run.
     *
     * @param functions what it may call; only the trace keeps references to them
     * @param signals what is measured besides; those that don't fit the model measure nothing
     * @throws ProgramException with every problem of the document and of the program
     */
    PlannedTrace plan(
            ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals)
            throws ProgramException;

    /** The same without signals, for a document that may call no function. */
    default PlannedTrace plan(ProgramDraft draft) throws ProgramException {
        return plan(draft, InterventionFunctions.NONE, List.of());
    }

    /**
     * What is wrong with a signal on this model, by pointers of its control event; empty when it
     * can be measured.
     */
    List<Problem> problems(SignalDefinition signal);

    /**
     * Token ids of a text, as its prompt has them: special tokens that the tokenizer adds included.
     *
     * @throws UnsupportedOperationException when there is no tokenizer
     */
    default int[] encode(String text) {
        throw new UnsupportedOperationException(
                "model '%s' has no tokenizer".formatted(info().name()));
    }

    /** Text of token ids, special tokens left out; empty when there is no tokenizer. */
    default String decode(int[] tokens) {
        return "";
    }

    @Override
    void close();
}
