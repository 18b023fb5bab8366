/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.program.About;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ProgramCompletion;
import io.hookline.program.TensorValue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The policies, vectors and probes in force at one event time. Immutable. */
public final class ControlView {
    private final Map<String, InForce> entries;
    private final ProgramCompletion completion;
    private final List<InForce> probes;

    /**
     * @param entries by {@code kind/name}
     */
    ControlView(Map<String, InForce> entries) {
        this.entries = entries;
        Map<String, ControlEntry.Policy> policies = new HashMap<>();
        Map<String, TensorValue.Literal> vectors = new HashMap<>();
        for (InForce inForce : entries.values()) {
            if (inForce.entry() instanceof ControlEntry.Policy policy) {
                policies.put(policy.name(), policy);
            } else if (inForce.entry() instanceof ControlEntry.Vector vector) {
                vectors.put(vector.name(), vector.value());
            }
        }
        this.probes =
                entries.values().stream()
                        .filter(each -> each.entry() instanceof ControlEntry.Probe)
                        .sorted(Comparator.comparing(each -> each.entry().name()))
                        .toList();
        this.completion = new ProgramCompletion(policies, vectors);
    }

    /** What completes programs by this. */
    public ProgramCompletion completion() {
        return completion;
    }

    /** The probes that measure an event, by name. */
    public List<InForce> probes(About about, String id) {
        return probes.stream()
                .filter(
                        each ->
                                ((ControlEntry.Probe) each.entry())
                                        .match()
                                        .map(match -> match.fits(about, id))
                                        .orElse(true))
                .toList();
    }

    /** The control event in force for that kind and name. */
    public Optional<InForce> find(ControlKind kind, String name) {
        return Optional.ofNullable(entries.get(kind.wireName() + "/" + name));
    }
}
