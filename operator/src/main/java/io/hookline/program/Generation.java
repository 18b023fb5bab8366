/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How tokens are generated.
 *
 * @param eosTokenIds what ends a row; empty means the model's own
 * @param temperature 0 is greedy
 */
public record Generation(
        int maxNewTokens,
        Optional<List<Integer>> eosTokenIds,
        double temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalLong seed) {
    public Generation {
        eosTokenIds = eosTokenIds.map(List::copyOf);
    }
}
