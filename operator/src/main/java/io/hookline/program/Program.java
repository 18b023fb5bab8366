/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

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

    /** The same program with another description. */
    public Program with(About other) {
        return new Program(
                other, policies, invocations, interventions, cache, generate, logits, stop);
    }

    /** Forward passes that this program asks for at most. */
    public int steps() {
        return generate.map(Generation::maxNewTokens).orElse(1);
    }

    /** Every edit: the top-level ones, then those of the invocations in order. */
    public Stream<Intervention> allInterventions() {
        return Stream.concat(
                interventions.stream(),
                invocations.stream().flatMap(each -> each.interventions().stream()));
    }

    /** Every cache policy: the top-level ones, then those of the invocations in order. */
    public Stream<CachePolicy> allCaches() {
        return Stream.concat(
                cache.stream(), invocations.stream().flatMap(each -> each.cache().stream()));
    }

    /** Names of the vectors that tensors refer to. */
    public SortedSet<String> vectors() {
        SortedSet<String> vectors = new TreeSet<>();
        allInterventions().forEach(each -> each.operation().mapTensors(collecting(vectors)));
        allCaches().forEach(each -> each.reduce().mapTensors(collecting(vectors)));
        return vectors;
    }

    private static Operation.TensorMapping collecting(SortedSet<String> names) {
        return (field, tensor) -> {
            if (tensor instanceof TensorValue.Ref ref) {
                names.add(ref.name());
            }
            return tensor;
        };
    }
}
