/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.program.ControlEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The control events of one {@code kind/name} that hold for some event time: each from its own
 * effective time until that of the next. Immutable.
 *
 * @param versions as they arrived, which is also the order of their effective times; only the first
 *     may hold from the beginning of time, and none removes what nothing before it put
 */
public record ControlHistory(List<InForce> versions) {
    /** Versions that are kept of one name; of more the earliest go. */
    static final int MAX_VERSIONS = 16;

    /** Nothing was put. */
    static final ControlHistory EMPTY = new ControlHistory(List.of());

    public ControlHistory {
        versions = List.copyOf(versions);
    }

    /** With a control event that came after all of these, and holds over each of them. */
    ControlHistory with(InForce newest) {
        Optional<Instant> from = newest.entry().effective();
        List<InForce> next = new ArrayList<>();
        for (InForce older : versions) {
            boolean stays = from.isPresent() && begins(older).isBefore(from.get());
            if (stays && !older.ref().equals(newest.ref())) {
                next.add(older);
            }
        }
        next.add(newest);
        while (next.size() > MAX_VERSIONS || (!next.isEmpty() && removes(next.get(0)))) {
            next.remove(0);
        }
        return new ControlHistory(next);
    }

    /** Whether that one holds for some event time. */
    public boolean holds(ControlRef ref) {
        return versions.stream().anyMatch(each -> each.ref().equals(ref));
    }

    /** What holds for an event of that time. */
    Optional<InForce> at(Instant time) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            InForce version = versions.get(i);
            if (!begins(version).isAfter(time)) {
                return removes(version) ? Optional.empty() : Optional.of(version);
            }
        }
        return Optional.empty();
    }

    private static Instant begins(InForce version) {
        return version.entry().effective().orElse(Instant.MIN);
    }

    private static boolean removes(InForce version) {
        return version.entry() instanceof ControlEntry.Removal;
    }
}
