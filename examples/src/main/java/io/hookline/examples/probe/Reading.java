/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.runtime.ModelInfo;

/**
 * Where activations are read, and at which tokens: the same for training and for what is measured
 * later.
 *
 * @param at one hook point, e.g. {@code model.model.layers.2.output}
 * @param tokens as in programs, e.g. {@code last}
 * @param mean whether the mean over those tokens is meant
 */
public record Reading(String at, String tokens, boolean mean) {
    /** At the last token, which has seen all of the prompt; in an encoder every token has. */
    public static Reading of(ModelInfo model, String at) {
        return model.signature().causal()
                ? new Reading(at, "last", false)
                : new Reading(at, "all", true);
    }

    /** At those tokens; of several the mean. */
    public static Reading of(String at, String tokens) {
        return new Reading(at, tokens, !tokens.equals("last") && !tokens.equals("first"));
    }

    /** Says it in the body of a probe. */
    void describe(ObjectNode body) {
        body.put("at", at).put("tokens", tokens);
        if (mean) {
            body.put("pool", "mean");
        }
    }
}
