/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.program.Problem;
import io.hookline.schema.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a program; what is wrong for several rows alike is told once. */
final class ProblemLog {
    private final Set<Problem> problems = new LinkedHashSet<>();

    void add(ErrorCode code, String pointer, String message) {
        problems.add(new Problem(code, pointer, message));
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }
}
