/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.program.TokenSelector;
import io.hookline.schema.ErrorCode;
import java.util.List;

/** How many positions a row has at each step, and what a selector makes of them. */
record Positions(int prompt) {
    /** New positions of a step: the prompt's at step 0, one at each later step. */
    int length(int step) {
        return step == 0 ? prompt : 1;
    }

    /** Positions that attention reaches at a step. */
    int keys(int step) {
        return prompt + step;
    }

    /** Number of positions that the selector selects at a step. */
    int count(TokenSelector tokens, int step) {
        return (int)
                java.util.Arrays.stream(tokens.positions(step, length(step))).distinct().count();
    }

    /** Refuses a list with a position that the first step it acts on does not have. */
    void check(TokenSelector tokens, StepSet steps, String pointer, ProblemLog problems) {
        if (!(tokens instanceof TokenSelector.Listed listed) || steps.isEmpty()) {
            return;
        }
        int length = length(steps.first());
        List<Integer> positions = listed.positions();
        for (int i = 0; i < positions.size(); i++) {
            if (positions.get(i) < -length || positions.get(i) >= length) {
                problems.add(
                        ErrorCode.SHAPE_MISMATCH,
                        pointer + "/" + i,
                        "position %d does not exist, step %d has positions %d to %d"
                                .formatted(positions.get(i), steps.first(), -length, length - 1));
            }
        }
    }
}
