/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.alert.Watch.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What rules make of one subject's signals, one after the other. No Flink, no clock: event time is
 * all the time there is.
 */
public final class Watching {
    private final Subject subject;
    private final List<Watch> watches;

    /** Goes on from what was watched before. */
    public Watching(Subject subject, List<Watch> before) {
        this.subject = requireNonNull(subject, "subject");
        this.watches = new ArrayList<>(before);
    }

    /** What is to be remembered. */
    public List<Watch> watches() {
        return List.copyOf(watches);
    }

    /**
     * Shows a rule a signal that it looks at. What goes on under a later version of the rule takes
     * no notice of it.
     */
    public Optional<Change> observe(Rule rule, Observation seen) {
        int place = place(rule.name(), seen.series());
        Watch before = place < 0 ? Watch.start(rule, seen.series()) : watches.get(place);
        if (before.version() > rule.version()) {
            return Optional.empty();
        }
        Verdict verdict = rule.detector().next(before.detector(), seen.value(), seen.time());
        Watch judged =
                before.after(
                        rule.version(),
                        verdict.state(),
                        seen.time(),
                        before.evidence().after(verdict, seen));
        Step step = step(rule, before, judged, new Moment(verdict.level(), seen.time()));
        put(place, step.watch(), step.watch().isForgettable(rule, seen.time()));
        return step.change();
    }

    /** The next event time at which something happens without a signal; empty for never. */
    public Optional<Long> due(RuleVersions rules) {
        return watches.stream()
                .flatMap(watch -> rules.under(watch).map(rule -> due(rules, rule, watch)).stream())
                .min(Long::compare);
    }

    private static long due(RuleVersions rules, Rule rule, Watch watch) {
        return Math.min(due(rule, watch), rules.end(rule).orElse(Long.MAX_VALUE));
    }

    private static long due(Rule rule, Watch watch) {
        long end = plus(watch.seen(), rule.timing().expire());
        return watch.isFiring()
                ? Math.min(end, rule.detector().due(watch.detector()).orElse(end))
                : end;
    }

    /** Lets event time pass: what nobody signalled for long is forgotten. */
    public List<Change> pass(RuleVersions rules, long time) {
        List<Change> changes = new ArrayList<>(handOver(rules, time));
        for (int place = watches.size() - 1; place >= 0; place--) {
            Optional<Rule> rule = rules.under(watches.get(place));
            if (rule.isPresent()) {
                pass(rule.get(), place, time).ifPresent(changes::add);
            }
        }
        return changes;
    }

    private Optional<Change> pass(Rule rule, int place, long time) {
        Watch watch = watches.get(place);
        if (plus(watch.seen(), rule.timing().expire()) <= time) {
            watches.remove(place);
            return watch.isFiring() ? Optional.of(resolved(rule, watch, time)) : Optional.empty();
        }
        if (!watch.isFiring() || rule.detector().due(watch.detector()).orElse(time + 1) > time) {
            return Optional.empty();
        }
        Verdict verdict = rule.detector().at(watch.detector(), time);
        Watch judged =
                watch.after(
                        watch.version(),
                        verdict.state(),
                        watch.seen(),
                        watch.evidence().after(verdict));
        Step step = step(rule, watch, judged, new Moment(verdict.level(), time));
        put(place, step.watch(), step.watch().isForgettable(rule, time));
        return step.change();
    }

    /**
     * Puts one version of a rule in the place of another. What the new one cannot go on from ends.
     *
     * @param after empty when the rule is removed
     */
    public List<Change> replace(Rule before, Optional<Rule> after) {
        List<Change> changes = new ArrayList<>();
        for (int place = watches.size() - 1; place >= 0; place--) {
            Watch watch = watches.get(place);
            if (watch.rule().equals(before.name()) && watch.version() == before.version()) {
                replace(place, before, after).ifPresent(changes::add);
            }
        }
        return changes;
    }

    /** Puts what holds at that event time in the place of versions that held before. */
    public List<Change> handOver(RuleVersions rules, long time) {
        List<Change> changes = new ArrayList<>();
        for (int place = watches.size() - 1; place >= 0; place--) {
            Optional<Rule> before = rules.under(watches.get(place));
            Optional<RuleChange> next = before.flatMap(rule -> rules.successor(rule, time));
            if (before.isPresent() && next.isPresent()) {
                replace(place, before.get(), next.get().rule()).ifPresent(changes::add);
            }
        }
        return changes;
    }

    private Optional<Change> replace(int place, Rule before, Optional<Rule> after) {
        Watch watch = watches.get(place);
        boolean goesOn =
                after.isPresent()
                        && after.get().goesOnFrom(before)
                        && after.get()
                                .selection()
                                .covers(subject.modulePath(), watch.series().io());
        if (goesOn) {
            watches.set(place, watch.under(after.get()));
            return Optional.empty();
        }
        watches.remove(place);
        return watch.isFiring()
                ? Optional.of(resolved(before, watch, watch.seen()))
                : Optional.empty();
    }

    private record Moment(Level level, long time) {}

    private record Step(Watch watch, Optional<Change> change) {
        Step(Watch watch) {
            this(watch, Optional.empty());
        }
    }

    /** What the level means in the phase that the watch was in. */
    private Step step(Rule rule, Watch before, Watch judged, Moment now) {
        if (now.level() == Level.RAISED) {
            return raised(rule, judged, now.time());
        }
        if (now.level() == Level.HELD || judged.phase() == Phase.QUIET) {
            return new Step(judged);
        }
        Watch quiet = judged.with(Phase.QUIET, now.time());
        return before.isFiring()
                ? new Step(quiet, Optional.of(cleared(rule, before, judged, now.time())))
                : new Step(quiet);
    }

    private Step raised(Rule rule, Watch judged, long time) {
        Watch watch = judged;
        if (watch.phase() == Phase.FIRING || time < watch.quietUntil()) {
            return new Step(watch);
        }
        if (watch.phase() == Phase.QUIET) {
            watch = watch.with(Phase.PENDING, time);
        }
        if (time - watch.since() < rule.timing().lasting()) {
            return new Step(watch);
        }
        Watch firing =
                watch.with(Phase.FIRING, time).quietUntil(plus(time, rule.timing().coolDown()));
        return new Step(firing, Optional.of(new Change(rule, subject, firing, true, time, time)));
    }

    /** With the value that cleared it, and the cases that spoke for it. */
    private Change cleared(Rule rule, Watch before, Watch judged, long time) {
        Evidence was = before.evidence();
        Evidence shown =
                new Evidence(
                        judged.evidence().value(),
                        judged.evidence().threshold(),
                        was.since(),
                        was.cases(),
                        was.common());
        Watch last = before.after(judged.version(), judged.detector(), judged.seen(), shown);
        return resolved(rule, last, time);
    }

    private Change resolved(Rule rule, Watch watch, long time) {
        return new Change(
                rule, subject, watch, false, watch.since(), Math.max(time, watch.since()));
    }

    private int place(String rule, Series series) {
        for (int place = 0; place < watches.size(); place++) {
            Watch watch = watches.get(place);
            if (watch.rule().equals(rule) && watch.series().equals(series)) {
                return place;
            }
        }
        return -1;
    }

    private void put(int place, Watch watch, boolean forget) {
        if (place < 0) {
            if (!forget) {
                watches.add(watch);
            }
        } else if (forget) {
            watches.remove(place);
        } else {
            watches.set(place, watch);
        }
    }

    private static long plus(long time, long span) {
        return time > Long.MAX_VALUE - span ? Long.MAX_VALUE : time + span;
    }
}
