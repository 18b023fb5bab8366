/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What config.json and generation_config.json say.
 *
 * @param vocabulary number of token ids
 * @param maxPositions longest sequence, when known
 * @param eosTokenIds what ends a generation by default
 */
public record ModelLimits(int vocabulary, OptionalInt maxPositions, List<Integer> eosTokenIds) {
    public ModelLimits {
        eosTokenIds = List.copyOf(eosTokenIds);
    }
}
