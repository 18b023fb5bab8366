/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import java.util.Optional;

/**
 * Text to token ids as the model's tokenizer says, special tokens included, nothing cut or padded.
 */
@FunctionalInterface
public interface PromptTokenizer {
    /** The token ids of a text. */
    int[] encode(String text);

    /** Why there is no tokenizer; empty when there is one. Without one nothing is encoded. */
    default Optional<String> lack() {
        return Optional.empty();
    }
}
