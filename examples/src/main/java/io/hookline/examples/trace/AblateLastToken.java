/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.trace;

import static io.hookline.trace.Selector.last;

import io.hookline.trace.Envoy;
import io.hookline.trace.LanguageModel;
import io.hookline.trace.TraceResult;
import java.nio.file.Path;

/** Zeroes what a block hands out for the last token, and reads what the model then thinks of. */
public final class AblateLastToken {
    private AblateLastToken() {}

    /** Prints the likeliest next token ids of both runs; the argument is the model's folder. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "examples/models/ticketlm");
        System.out.printf(
                "likeliest next token: %d, ablated: %d%n", next(folder, false), next(folder, true));
    }

    /** Id of the likeliest next token, with or without the last token's block output. */
    static int next(Path folder, boolean ablated) throws Exception {
        try (LanguageModel model = LanguageModel.load(folder)) {
            TraceResult result =
                    model.trace(
                            "Ticket from Anna: Hello,",
                            t -> {
                                Envoy block = t.module("model.model.layers.2");
                                if (ablated) {
                                    block.output().set(last(), 0);
                                }
                                t.save("logits", t.module("model.lm_head").output().at(last()));
                            });
            return result.saved("logits").argmax().toInts()[0];
        }
    }
}
