/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads how tokens are generated. */
final class GenerationReader {
    private static final FieldNames NAMES =
            FieldNames.of(
                    "'generate'",
                    "max_new_tokens",
                    "eos_token_ids",
                    "temperature",
                    "top_k",
                    "top_p",
                    "seed");

    private GenerationReader() {}

    static Generation read(Value value) {
        Fields fields = Fields.of(value, NAMES);
        return new Generation(
                fields.required("max_new_tokens").map(tokens -> tokens.integer(1)).orElse(1),
                fields.optional("eos_token_ids").map(ids -> ids.integers(0)),
                fields.optional("temperature")
                        .map(temperature -> temperature.number(0, Double.MAX_VALUE))
                        .orElse(0.0),
                fields.optional("top_k")
                        .map(k -> OptionalInt.of(k.integer(1)))
                        .orElse(OptionalInt.empty()),
                fields.optional("top_p").map(GenerationReader::topP).orElse(OptionalDouble.empty()),
                fields.optional("seed")
                        .map(seed -> OptionalLong.of(seed.longInteger()))
                        .orElse(OptionalLong.empty()));
    }

    private static OptionalDouble topP(Value value) {
        double share = value.number(0, 1);
        if (share == 0 && value.node().isNumber()) {
            value.refuseFor("above 0");
        }
        return OptionalDouble.of(share);
    }
}
