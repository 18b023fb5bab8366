/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.util.List;

/**
 * What one invocation came to.
 *
 * @param tokens the prompt's token ids
 * @param generated the new token ids; ends with the end-of-text id when one was produced
 * @param text the new tokens as text
 * @param stopped whether a stop ended it
 * @param logits {@code [positions][vocabulary]}, those that the program asked for
 * @param captures in visit order, step by step
 * @param signals in visit order, step by step
 */
public record RowOutcome(
        int[] tokens,
        int[] generated,
        String text,
        boolean stopped,
        float[][] logits,
        List<Capture> captures,
        List<Measurement> signals) {
    public RowOutcome {
        captures = List.copyOf(captures);
        signals = List.copyOf(signals);
    }

    /** An outcome without signals. */
    public RowOutcome(
            int[] tokens,
            int[] generated,
            String text,
            boolean stopped,
            float[][] logits,
            List<Capture> captures) {
        this(tokens, generated, text, stopped, logits, captures, List.of());
    }
}
