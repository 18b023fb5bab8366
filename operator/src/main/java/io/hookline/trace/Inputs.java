/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a module is called with. A graph knows no keywords: the first tensor that the module's nodes
 * read is its first argument.
 *
 * @param args by position
 * @param kwargs by keyword, in order
 */
public record Inputs(List<Tensor> args, Map<String, Tensor> kwargs) {
    public Inputs {
        args = List.copyOf(args);
        kwargs = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(kwargs));
    }

    /** The first argument, else the first keyword's; empty when there is none. */
    public Optional<Tensor> first() {
        return args.stream().findFirst().or(() -> kwargs.values().stream().findFirst());
    }
}
