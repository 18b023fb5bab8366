/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.hookline.program.Problem;
import java.util.List;

/** How commands tell what is wrong with a program. */
final class ProblemText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ProblemText() {}

    /** For people. */
    static String line(Problem problem) {
        String where = problem.pointer().isEmpty() ? "" : "  (at %s)".formatted(problem.pointer());
        return problem.code() + ": " + problem.message() + where;
    }

    /** For machines: an object for each. */
    static ArrayNode array(List<Problem> problems) {
        ArrayNode array = JSON.createArrayNode();
        for (Problem problem : problems) {
            array.addObject()
                    .put("code", problem.code().name())
                    .put("message", problem.message())
                    .put("pointer", problem.pointer());
        }
        return array;
    }
}
