/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.List;
import java.util.Optional;

/**
 * What a model's inputs and outputs mean.
 *
 * @param logits graph output {@code [batch, tokens, vocabulary]}; empty for an encoder
 * @param past KV-cache inputs and the outputs that continue them; empty without a KV cache
 * @param causal whether the model generates text
 */
public record ModelSignature(
        String inputIds,
        Optional<String> attentionMask,
        Optional<String> positionIds,
        Optional<String> tokenTypeIds,
        Optional<String> logits,
        List<Past> past,
        boolean causal) {
    public ModelSignature {
        past = List.copyOf(past);
    }

    /**
     * One KV-cache tensor {@code [batch, heads, past, width]}.
     *
     * @param input name of the graph input
     * @param present name of the graph output that holds past and new
     */
    public record Past(
            String input,
            String present,
            io.hookline.schema.ElementType dtype,
            int heads,
            int width) {}
}
