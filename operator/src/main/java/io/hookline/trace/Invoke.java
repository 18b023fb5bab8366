/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.Invocation;
import io.hookline.program.Prompt;
import java.util.List;
import java.util.Optional;

/**
 * One invocation of a trace: its prompts, each a row of the batch, and what happens to them, which
 * is code or data.
 *
 * @param prompts empty for a block that sees the whole batch
 * @param block the code; empty when it is data
 * @param data the edits and cache policies; empty when it is code
 */
public record Invoke(List<Prompt> prompts, Optional<Block> block, Optional<Invocation> data) {
    public Invoke {
        prompts = List.copyOf(prompts);
    }

    static Invoke of(List<? extends Prompt> prompts, Block block) {
        return new Invoke(List.copyOf(prompts), Optional.of(block), Optional.empty());
    }

    static Invoke of(Invocation data) {
        return new Invoke(List.of(data.prompt()), Optional.empty(), Optional.of(data));
    }

    /** Whether it brings no rows and sees those of all others. */
    public boolean isWhole() {
        return prompts.isEmpty();
    }
}
