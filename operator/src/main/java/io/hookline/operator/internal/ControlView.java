/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ProgramCompletion;
import io.hookline.program.TensorValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The policies and vectors in force at one event time. Immutable. */
final class ControlView {
    private final Map<String, InForce> entries;
    private final ProgramCompletion completion;

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
        this.completion = new ProgramCompletion(policies, vectors);
    }

    /** What completes programs by this. */
    ProgramCompletion completion() {
        return completion;
    }

    /** The control event in force for that kind and name. */
    Optional<InForce> find(ControlKind kind, String name) {
        return Optional.ofNullable(entries.get(kind.wireName() + "/" + name));
    }
}
