/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static java.util.Objects.requireNonNull;

import io.hookline.program.Program;
import java.util.List;

/** A program that was checked against a model and is ready to run: one row per invocation. */
public record PlannedTrace(Program program, List<PlannedRow> rows) {
    public PlannedTrace {
        requireNonNull(program, "program");
        rows = List.copyOf(rows);
    }

    /**
     * Traces of one length class share forward passes without padding: the prompt length in tokens.
     */
    public int lengthClass() {
        return rows.stream().mapToInt(row -> row.tokens().length).max().orElse(0);
    }
}
