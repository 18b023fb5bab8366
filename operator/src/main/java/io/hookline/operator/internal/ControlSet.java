/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.Problem;
import io.hookline.program.ProgramCompletion;
import io.hookline.program.ProgramException;
import io.hookline.program.TensorValue;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.SourceEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The policies and vectors in force. Immutable. */
final class ControlSet {
    /** Nothing is in force. */
    static final ControlSet NONE = new ControlSet(Map.of());

    private final Map<String, InForce> entries;
    private final ProgramCompletion completion;

    private ControlSet(Map<String, InForce> entries) {
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

    /** Exactly those are in force. */
    static ControlSet of(List<InForce> entries) {
        return new ControlSet(
                entries.stream().collect(Collectors.toMap(each -> each.ref().key(), each -> each)));
    }

    /** What is in force after that control event, which says that. The newest of a key holds. */
    ControlSet with(SourceEvent source, ControlEntry entry) throws ProgramException {
        refuseUnsupported(entry);
        if (entry.kind() != ControlKind.POLICY && entry.kind() != ControlKind.VECTOR) {
            return this;
        }
        Map<String, InForce> next = new HashMap<>(entries);
        if (entry instanceof ControlEntry.Removal) {
            next.remove(entry.key());
        } else {
            next.put(entry.key(), InForce.of(source, entry));
        }
        return new ControlSet(next);
    }

    /** Rules are the alerts' business; what nobody here acts on yet must not seem to act. */
    private static void refuseUnsupported(ControlEntry entry) throws ProgramException {
        if (entry.kind() == ControlKind.RULE) {
            return;
        }
        if (entry instanceof ControlEntry.Document) {
            throw refusal("/put", "'%s' is not there yet".formatted(entry.kind().wireName()));
        }
        if (entry.effective().isPresent()) {
            throw refusal("/effective", "'effective' is not there yet");
        }
    }

    private static ProgramException refusal(String pointer, String message) {
        return new ProgramException(
                List.of(new Problem(ErrorCode.UNSUPPORTED_PROGRAM, pointer, message)));
    }

    /** What completes programs by this. */
    ProgramCompletion completion() {
        return completion;
    }

    /** The control event in force for that kind and name. */
    Optional<InForce> find(ControlKind kind, String name) {
        return find(kind.wireName() + "/" + name);
    }

    /** The control event in force for that {@code kind/name}. */
    Optional<InForce> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }
}
