/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rules in force, by name: of each the versions that hold for some event time, each from its
 * own until that of the next. Belongs to one thread.
 */
public final class RuleVersions {
    /** Versions that are kept of one name; of more the earliest go. */
    static final int MAX_VERSIONS = 16;

    private final Map<String, List<RuleChange>> names = new TreeMap<>();
    private List<Rule> all = List.of();

    /**
     * What a change does to a rule that holds for no time any more.
     *
     * @param after what holds in its place, empty for nothing
     */
    public record Replaced(Rule before, Optional<Rule> after) {}

    /** Applies a change that came after all others, and holds over each of them. */
    public List<Replaced> apply(RuleChange newest) {
        List<RuleChange> stay = new ArrayList<>();
        List<Replaced> replaced = new ArrayList<>();
        for (RuleChange older : of(newest.name())) {
            if (older.from() < newest.from()) {
                stay.add(older);
            } else {
                older.rule().ifPresent(rule -> replaced.add(new Replaced(rule, newest.rule())));
            }
        }
        stay.add(newest);
        while (stay.size() > MAX_VERSIONS || (!stay.isEmpty() && stay.get(0).rule().isEmpty())) {
            Optional<Rule> next = stay.size() > 1 ? stay.get(1).rule() : Optional.empty();
            stay.remove(0).rule().ifPresent(rule -> replaced.add(new Replaced(rule, next)));
        }
        if (stay.isEmpty()) {
            names.remove(newest.name());
        } else {
            names.put(newest.name(), List.copyOf(stay));
        }
        all = listed();
        return replaced;
    }

    /** The changes of that name that hold for some time, in the order of their times. */
    public List<RuleChange> of(String name) {
        return names.getOrDefault(name, List.of());
    }

    /** The rules that hold for some time, by name. */
    public List<Rule> all() {
        return all;
    }

    /** Made with each change, since every signal asks for it. */
    private List<Rule> listed() {
        return names.values().stream()
                .flatMap(Collection::stream)
                .flatMap(change -> change.rule().stream())
                .toList();
    }

    /** The rules that hold for a signal of that event time, by name. */
    public List<Rule> at(long time) {
        List<Rule> found = new ArrayList<>();
        for (List<RuleChange> versions : names.values()) {
            last(versions, time).flatMap(RuleChange::rule).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<RuleChange> last(List<RuleChange> versions, long time) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).from() <= time) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    /** The rule under which something is watched: its own version, else the earliest there is. */
    Optional<Rule> under(Watch watch) {
        List<RuleChange> versions = of(watch.rule());
        return versions.stream()
                .filter(change -> change.version() == watch.version())
                .findFirst()
                .or(() -> versions.stream().findFirst())
                .flatMap(RuleChange::rule);
    }

    /** What has taken the place of a rule at that event time; empty when nothing has. */
    Optional<RuleChange> successor(Rule rule, long time) {
        return last(after(rule), time);
    }

    /** The event time at which something takes the place of a rule; empty for never. */
    Optional<Long> end(Rule rule) {
        return after(rule).stream().map(RuleChange::from).findFirst();
    }

    private List<RuleChange> after(Rule rule) {
        List<RuleChange> versions = of(rule.name());
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).version() == rule.version()) {
                return versions.subList(i + 1, versions.size());
            }
        }
        return List.of();
    }
}
