/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What one event asks for: one trace over its invocations. Pure data, complete in itself: once its
 * policies are merged in and its vectors resolved, nothing later looks anything up.
 *
 * @param policies names of policies to apply, in this order
 * @param interventions edits of every invocation, before the invocations' own
 * @param cache policies of every invocation, before the invocations' own
 */
public record Program(
        About about,
        List<String> policies,
        List<Invocation> invocations,
        List<Intervention> interventions,
        List<CachePolicy> cache,
        Optional<Generation> generate,
        LogitsRequest logits,
        Optional<StopAt> stop) {
    public Program {
        requireNonNull(about, "about");
        policies = List.copyOf(policies);
        invocations = List.copyOf(invocations);
        interventions = List.copyOf(interventions);
        cache = List.copyOf(cache);
        requireNonNull(generate, "generate");
        requireNonNull(logits, "logits");
        requireNonNull(stop, "stop");
    }

    /** Forward passes that this program asks for at most. */
    public int steps() {
        return generate.map(Generation::maxNewTokens).orElse(1);
    }
}
