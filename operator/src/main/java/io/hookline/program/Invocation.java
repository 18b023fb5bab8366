/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** One prompt run with rows of its own, with its own edits and cache policies. */
public record Invocation(
        Optional<String> name,
        Prompt prompt,
        List<Intervention> interventions,
        List<CachePolicy> cache) {
    public Invocation {
        requireNonNull(name, "name");
        requireNonNull(prompt, "prompt");
        interventions = List.copyOf(interventions);
        cache = List.copyOf(cache);
    }

    /** The same prompt with other edits and cache policies. */
    public Invocation with(List<Intervention> otherInterventions, List<CachePolicy> otherCache) {
        return new Invocation(name, prompt, otherInterventions, otherCache);
    }
}
