/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static java.util.Objects.requireNonNull;

import io.hookline.program.Program;
import java.util.List;

/**
 * A program that was checked against a model and is ready to run: one row per invocation.
 *
 * @param replay tokens that it generated before, by invocation, and that it generates again
 *     whatever the model says; empty when it runs for the first time
 */
public record PlannedTrace(Program program, List<PlannedRow> rows, List<int[]> replay) {
    public PlannedTrace {
        requireNonNull(program, "program");
        rows = List.copyOf(rows);
        replay = List.copyOf(replay);
        if (!replay.isEmpty() && replay.size() != rows.size()) {
            throw new IllegalArgumentException(
                    "tokens of %d invocations can't be those of %d"
                            .formatted(replay.size(), rows.size()));
        }
    }

    /** A trace that runs for the first time. */
    public PlannedTrace(Program program, List<PlannedRow> rows) {
        this(program, rows, List.of());
    }

    /** The same trace, which generates those tokens first. */
    public PlannedTrace replaying(List<int[]> tokens) {
        return new PlannedTrace(program, rows, tokens);
    }

    /**
     * Traces of one length class share forward passes without padding: the prompt length in tokens.
     */
    public int lengthClass() {
        return rows.stream().mapToInt(row -> row.tokens().length).max().orElse(0);
    }
}
