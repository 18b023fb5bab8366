/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * What rules would have made of signals that were recorded: the same watching as in a job, with
 * event time that follows the signals.
 */
public final class Replay {
    private final RuleVersions rules = new RuleVersions();
    private final long lateness;
    private final Map<Subject, Watching> subjects = new HashMap<>();
    private final PriorityQueue<Due> dues = new PriorityQueue<>();
    private long clock = Long.MIN_VALUE;

    private record Due(long time, Subject subject) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(time, other.time);
        }
    }

    /**
     * A replay of those rules.
     *
     * @param lateness how far event time stays behind the latest signal, in milliseconds
     */
    public Replay(List<RuleChange> rules, long lateness) {
        rules.forEach(this.rules::apply);
        this.lateness = lateness;
    }

    /** Shows the rules the next signal, and what changes by it and by the time that passes. */
    public List<Change> next(Observation seen) {
        List<Change> changes = new ArrayList<>();
        Set<Subject> touched = new HashSet<>();
        for (Rule rule : rules.at(seen.time())) {
            if (rule.selection().fits(seen)) {
                Subject subject = Subject.of(seen.modulePath(), rule.key(), seen.origin());
                Watching watching =
                        subjects.computeIfAbsent(subject, each -> new Watching(each, List.of()));
                changes.addAll(watching.handOver(rules, seen.time()));
                watching.observe(rule, seen).ifPresent(changes::add);
                touched.add(subject);
            }
        }
        touched.forEach(this::keep);
        clock = Math.max(clock, seen.time() - lateness);
        pass(changes);
        return changes;
    }

    private void pass(List<Change> changes) {
        while (!dues.isEmpty() && dues.peek().time() <= clock) {
            Due due = dues.remove();
            Watching watching = subjects.get(due.subject());
            if (watching != null) {
                changes.addAll(watching.pass(rules, due.time()));
                keep(due.subject());
            }
        }
    }

    private void keep(Subject subject) {
        Watching watching = subjects.get(subject);
        if (watching == null || watching.watches().isEmpty()) {
            subjects.remove(subject);
            return;
        }
        watching.due(rules).ifPresent(time -> dues.add(new Due(time, subject)));
    }
}
