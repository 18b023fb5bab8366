/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.schema.Destination;
import io.hookline.schema.SourceEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is done with an event on its way; how far it has come is the pipeline's business. */
interface Engine {
    /**
     * Understands an event under those control events. On the task thread.
     *
     * @throws ProgramException when there is nothing to understand
     */
    Ask read(SourceEvent event, ControlSet controls) throws ProgramException;

    /** Makes it ready to run. On any thread. */
    Plan plan(Ask ask);

    /** Runs events together; outputs in the same order. On any thread. */
    List<Outputs> run(List<Ready> batch);

    /** The outputs of an event that can't be run. On any thread. */
    Outputs refuse(SourceEvent event, Optional<Ask> ask, List<Problem> problems);

    /** What planning came to. */
    sealed interface Plan {}

    /** It can run together with others of the same key. */
    record Ready(Ask ask, PlannedTrace trace, BatchKey key) implements Plan {
        /** Where its activations go. */
        Set<Destination> destinations() {
            return trace.rows().stream()
                    .flatMap(row -> row.captures().stream())
                    .map(capture -> new Destination.Activations(capture.recordedAs()))
                    .collect(Collectors.toSet());
        }
    }

    /** It can't run. */
    record Refused(Outputs outputs) implements Plan {}
}
