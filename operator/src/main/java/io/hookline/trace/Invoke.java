/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.Prompt;
import java.util.List;

/**
 * One invocation of a trace: its prompts, each a row of the batch, and its code.
 *
 * @param prompts empty for a block that sees the whole batch
 */
public record Invoke(List<Prompt> prompts, Block block) {
    public Invoke {
        prompts = List.copyOf(prompts);
    }

    /** Whether it brings no rows and sees those of all others. */
    public boolean isWhole() {
        return prompts.isEmpty();
    }
}
