/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.program.About;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.Prompt;
import io.hookline.runtime.ModelPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows of token ids, all of one length and no two alike.
 *
 * @param rows {@code [batch][tokens]}
 */
record Prompts(int[][] rows) {
    private static final String TEXT =
            "The parcel with the blue kettle arrived on Monday, but the lid was broken and the"
                    + " invoice named another customer. Please send a new one and tell me what to do"
                    + " with the old one. I would like an answer before the end of the week. ";

    /** How many rows there are and how long each is. */
    record Size(int batch, int tokens) {
        Size {
            if (batch < 1 || tokens < 1) {
                throw new IllegalArgumentException(
                        "a batch of %d rows of %d tokens is none".formatted(batch, tokens));
            }
        }

        @Override
        public String toString() {
            return batch + " × " + tokens + " tokens";
        }
    }

    /** Cuts rows out of a text, each beginning at another word. */
    static Prompts of(ModelPlanner model, Size size) throws ProgramException {
        int[] text = encoded(model, TEXT);
        int[][] rows = new int[size.batch()][size.tokens()];
        for (int row = 0; row < size.batch(); row++) {
            for (int at = 0; at < size.tokens(); at++) {
                rows[row][at] = text[(row + at) % text.length];
            }
        }
        return new Prompts(rows);
    }

    private static int[] encoded(ModelPlanner model, String text) throws ProgramException {
        Invocation invocation =
                new Invocation(Optional.empty(), new Prompt.Text(text), List.of(), List.of());
        Program program =
                new Program(
                        About.nothing(),
                        List.of(),
                        List.of(invocation),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        LogitsRequest.NONE,
                        Optional.empty());
        return model.plan(program).rows().get(0).tokens();
    }

    int batch() {
        return rows.length;
    }

    int tokens() {
        return rows[0].length;
    }

    /** A row as a program has it. */
    Prompt prompt(int row) {
        return new Prompt.Tokens(Arrays.stream(rows[row]).boxed().toList());
    }

    /** The first so many tokens of the first row, alone. */
    Prompts single(int tokens) {
        return new Prompts(new int[][] {Arrays.copyOf(rows[0], Math.min(tokens, tokens()))});
    }

    /** The row numbers. */
    List<Integer> numbers() {
        return new ArrayList<>(IntStream.range(0, batch()).boxed().toList());
    }
}
