/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.schema.SourceEvent;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The policies, vectors and probes that were put, each from its time on. What it says never
 * changes; it belongs to the task thread, since it remembers what it worked out.
 */
public final class ControlSet {
    /** Nothing is in force. */
    public static final ControlSet NONE = new ControlSet(Map.of(), Optional.empty());

    /** Views that are remembered; events of one moment need one or two. */
    private static final int VIEWS = 8;

    /** What events are read under. */
    private static final Set<ControlKind> KINDS =
            EnumSet.of(ControlKind.POLICY, ControlKind.VECTOR, ControlKind.PROBE);

    private final Map<String, ControlHistory> histories;
    private final Optional<InForce> model;

    /** Times at which something begins to hold. */
    private final TreeSet<Instant> boundaries = new TreeSet<>();

    private final Map<Instant, ControlView> views = new HashMap<>();

    private ControlSet(Map<String, ControlHistory> histories, Optional<InForce> model) {
        this.histories = histories;
        this.model = model;
        for (ControlHistory history : histories.values()) {
            history.versions()
                    .forEach(version -> version.entry().effective().ifPresent(boundaries::add));
        }
    }

    /** Exactly those are in force, for an event that was completed with them before. */
    public static ControlSet of(List<InForce> entries) {
        Map<String, ControlHistory> histories = new HashMap<>();
        entries.stream()
                .filter(each -> each.entry().kind() != ControlKind.MODEL)
                .forEach(each -> add(histories, each));
        return new ControlSet(
                histories,
                entries.stream()
                        .filter(each -> each.entry().kind() == ControlKind.MODEL)
                        .findFirst());
    }

    /** What says which model an event had, of one that was completed before and had one. */
    public Optional<InForce> model() {
        return model;
    }

    /** What is in force after that control event, which says that. The newest of a key holds. */
    public ControlSet with(SourceEvent source, ControlEntry entry) {
        if (!KINDS.contains(entry.kind())) {
            return this;
        }
        Map<String, ControlHistory> next = new HashMap<>(histories);
        add(next, InForce.of(source, entry));
        return new ControlSet(next, model);
    }

    private static void add(Map<String, ControlHistory> histories, InForce newest) {
        ControlHistory history = history(histories, newest.ref().key()).with(newest);
        if (history.versions().isEmpty()) {
            histories.remove(newest.ref().key());
        } else {
            histories.put(newest.ref().key(), history);
        }
    }

    private static ControlHistory history(Map<String, ControlHistory> histories, String key) {
        return histories.getOrDefault(key, ControlHistory.EMPTY);
    }

    /** What is in force for events of that time, in epoch milliseconds. */
    public ControlView at(long eventTime) {
        Instant time = Instant.ofEpochMilli(eventTime);
        Instant floor = boundaries.floor(time);
        Instant since = floor == null ? Instant.MIN : floor;
        if (views.size() == VIEWS && !views.containsKey(since)) {
            views.clear();
        }
        return views.computeIfAbsent(since, this::view);
    }

    private ControlView view(Instant time) {
        Map<String, InForce> entries = new HashMap<>();
        histories.forEach(
                (key, history) -> history.at(time).ifPresent(held -> entries.put(key, held)));
        return new ControlView(entries);
    }

    /** What was put of that {@code kind/name} and holds for some event. */
    public ControlHistory history(String key) {
        return history(histories, key);
    }
}
