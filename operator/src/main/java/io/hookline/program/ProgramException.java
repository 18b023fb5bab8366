/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;

/** A program was refused before it ran; holds every problem in document order. */
public final class ProgramException extends Exception {
    private final transient List<Problem> problems;

    public ProgramException(List<Problem> problems) {
        super(problems.stream().map(Problem::message).collect(Collectors.joining("; ")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a refusal needs a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** Every problem, never empty. */
    public List<Problem> problems() {
        return problems;
    }

    /** The first problem's code. */
    public ErrorCode code() {
        return problems.get(0).code();
    }
}
