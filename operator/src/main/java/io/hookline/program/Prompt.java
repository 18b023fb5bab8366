/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;

/** What an invocation runs on. */
public sealed interface Prompt {
    /** Text, tokenised as the model's tokenizer says, special tokens included. */
    record Text(String text) implements Prompt {}

    /** Token ids, taken as they are. */
    record Tokens(List<Integer> ids) implements Prompt {
        public Tokens {
            ids = List.copyOf(ids);
        }
    }
}
