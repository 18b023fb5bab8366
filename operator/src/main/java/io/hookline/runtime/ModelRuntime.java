/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import java.util.List;

/**
 * A loaded model that plans and runs programs. Thread-safe; closing waits for the runs in progress.
 */
public interface ModelRuntime extends AutoCloseable {
    /** What was loaded. */
    ModelInfo info();

    /**
     * Checks a complete program against the model and makes it ready to run.
     *
     * @throws ProgramException with every problem that the program has
     */
    PlannedTrace plan(Program program) throws ProgramException;

    /**
     * Checks what could be read of a document against the model and makes it ready to run.
     *
     * @throws ProgramException with every problem of the document and of the program
     */
    PlannedTrace plan(ProgramDraft draft) throws ProgramException;

    /**
     * Runs traces together and returns their outcomes in the same order. Traces whose {@link
     * PlannedTrace#lengthClass} is equal share forward passes; others may be given together, too.
     *
     * @throws RuntimeInferenceException when the run failed as a whole and says nothing about which
     *     trace is to blame
     */
    List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException;

    @Override
    void close();
}
