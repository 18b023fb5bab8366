/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.ModelLimits;
import io.hookline.program.Invocation;
import io.hookline.program.Program;
import io.hookline.program.Prompt;
import io.hookline.schema.ErrorCode;
import java.util.Optional;

/** Turns prompts into token ids that the model can take. */
final class PromptPlanner {
    /** What a model takes that does not say. */
    private static final int MOST_POSITIONS = 1 << 20;

    private final PromptTokenizer tokenizer;
    private final ModelLimits limits;
    private final ProblemLog problems;

    PromptPlanner(PromptTokenizer tokenizer, ModelLimits limits, ProblemLog problems) {
        this.tokenizer = tokenizer;
        this.limits = limits;
        this.problems = problems;
    }

    /**
     * The steps that are planned for: those of the program, or of a program that is refused for its
     * length no more than the model could run. A number in an event must not become as much memory.
     */
    static int steps(Program program, ModelLimits limits) {
        return Math.min(program.steps(), limits.maxPositions().orElse(MOST_POSITIONS));
    }

    /** The token ids of an invocation; when there is a problem, still something to plan on with. */
    int[] tokens(Invocation invocation, int index, int steps) {
        String pointer = "/invocations/" + index;
        if (invocation.prompt() instanceof Prompt.Text text) {
            return tokens(text, steps, pointer + "/prompt");
        }
        int[] tokens =
                ((Prompt.Tokens) invocation.prompt())
                        .ids().stream().mapToInt(Integer::intValue).toArray();
        checkVocabulary(tokens, pointer + "/tokens");
        checkLength(tokens.length, steps, pointer + "/tokens");
        return tokens;
    }

    private int[] tokens(Prompt.Text text, int steps, String pointer) {
        Optional<String> lack = tokenizer.lack();
        if (lack.isPresent()) {
            problems.add(
                    ErrorCode.UNSUPPORTED_MODEL,
                    pointer,
                    "text needs a tokenizer, and " + lack.get() + "; 'tokens' need none");
            return new int[1];
        }
        int[] tokens = tokenizer.encode(text.text());
        checkLength(tokens.length, steps, pointer);
        return tokens;
    }

    private void checkVocabulary(int[] tokens, String pointer) {
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= limits.vocabulary()) {
                problems.add(
                        ErrorCode.MALFORMED_EVENT,
                        pointer + "/" + i,
                        "token %d is outside the vocabulary, which has ids 0 to %d"
                                .formatted(tokens[i], limits.vocabulary() - 1));
            }
        }
    }

    private void checkLength(int length, int steps, String pointer) {
        if (length == 0) {
            problems.add(ErrorCode.PROMPT_EMPTY, pointer, "the prompt has no tokens");
        }
        int most = limits.maxPositions().orElse(MOST_POSITIONS);
        if ((long) length + steps - 1 > most) {
            problems.add(
                    ErrorCode.PROMPT_TOO_LONG,
                    pointer,
                    steps == 1
                            ? "the prompt has %d tokens, the model takes at most %d"
                                    .formatted(length, most)
                            : "the prompt has %d tokens and %d are to be generated, the model takes at most %d in all"
                                    .formatted(length, steps, most));
        }
    }
}
