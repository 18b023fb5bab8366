/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Makes a program complete by what the control topic holds: policies are merged in and references
 * to vectors become their values, so that nothing later looks anything up.
 *
 * <p>Edits and cache policies of policies stand before the event's own top-level ones, in the order
 * in which the policies apply. For what there is only one of ({@code model}, {@code generate},
 * {@code logits}, {@code stop}) the event's own wins, then the last policy that has it.
 */
public final class ProgramCompletion {
    private final Map<String, ControlEntry.Policy> policies;
    private final Map<String, TensorValue.Literal> vectors;

    /** A completion by what is in force now; the maps are read, never changed or copied. */
    public ProgramCompletion(
            Map<String, ControlEntry.Policy> policies, Map<String, TensorValue.Literal> vectors) {
        this.policies = policies;
        this.vectors = vectors;
    }

    /**
     * The complete program; its {@link Program#policies()} are those that apply, in order.
     *
     * @param id the event's id, derived from the source record where the event has none
     * @throws ProgramException with every problem
     */
    public Program complete(Program program, String id) throws ProgramException {
        return complete(ProgramDraft.of(program), id).orThrow();
    }

    /** The draft with its program complete, and with what was found wrong in doing so. */
    public ProgramDraft complete(ProgramDraft draft, String id) {
        List<Problem> problems = new ArrayList<>();
        List<ControlEntry.Policy> applied = applied(draft.program(), id, problems);
        Program merged = PolicyMerge.of(draft.program(), applied);
        Program resolved = new Resolution(vectors, problems).of(merged);
        if (!draft.refuses("/generate")) {
            problems.addAll(WholeProgram.problems(resolved));
        }
        return draft.with(resolved, problems);
    }

    /** Those that the event names in its order, then those that match, by name. */
    private List<ControlEntry.Policy> applied(Program program, String id, List<Problem> problems) {
        List<String> named = program.policies();
        List<ControlEntry.Policy> applied = new ArrayList<>();
        for (int i = 0; i < named.size(); i++) {
            ControlEntry.Policy policy = policies.get(named.get(i));
            if (policy == null) {
                problems.add(unknown(named.get(i), i));
            } else {
                applied.add(policy);
            }
        }
        policies.values().stream()
                .filter(policy -> !named.contains(policy.name()))
                .filter(policy -> fits(policy, program.about(), id))
                .sorted(Comparator.comparing(ControlEntry.Policy::name))
                .forEach(applied::add);
        return applied;
    }

    private static boolean fits(ControlEntry.Policy policy, About about, String id) {
        return policy.match().filter(match -> match.fits(about, id)).isPresent();
    }

    private Problem unknown(String name, int index) {
        return new Problem(
                ErrorCode.UNKNOWN_POLICY,
                Pointers.of("/policies", index),
                "no policy '%s'%s"
                        .formatted(
                                Values.shortened(name), NearestName.hint(name, policies.keySet())));
    }
}
