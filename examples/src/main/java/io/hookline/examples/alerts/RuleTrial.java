/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.alert.AlertRecords;
import io.hookline.alert.Change;
import io.hookline.alert.Observation;
import io.hookline.alert.Replay;
import io.hookline.alert.RuleChange;
import io.hookline.program.NearestName;
import io.hookline.schema.Alert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Rules tried on recorded signals, and what came of each. */
final class RuleTrial implements Consumer<Observation> {
    /** As the main job waits for late events. */
    private static final long LATENESS = 5000;

    private final List<RuleChange> rules;
    private final Replay replay;
    private final Consumer<Alert> alerts;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Map<String, Long> names = new TreeMap<>();
    private long signals;

    /**
     * What one rule came to.
     *
     * @param seen signals that it looked at
     * @param fired how often it began to fire
     * @param firing how many alerts still fire
     */
    record Tally(long seen, long fired, long firing) {}

    /**
     * A trial of those rules.
     *
     * @param alerts takes each alert as it comes
     */
    RuleTrial(List<RuleChange> rules, Consumer<Alert> alerts) {
        this.rules = rules;
        this.replay = new Replay(rules, LATENESS);
        this.alerts = alerts;
        rules.forEach(rule -> tallies.put(rule.name(), new Tally(0, 0, 0)));
    }

    @Override
    public void accept(Observation seen) {
        signals++;
        names.merge(seen.series().signal(), 1L, Long::sum);
        for (RuleChange change : rules) {
            if (seen.time() >= change.from() && fits(change, seen)) {
                count(change.name(), 1, 0, 0);
            }
        }
        for (Change change : replay.next(seen)) {
            count(change.rule().name(), 0, change.firing() ? 1 : 0, change.firing() ? 1 : -1);
            alerts.accept(AlertRecords.record(change));
        }
    }

    private static boolean fits(RuleChange change, Observation seen) {
        return change.rule().filter(rule -> rule.selection().fits(seen)).isPresent();
    }

    private void count(String rule, long seen, long fired, long firing) {
        tallies.compute(
                rule,
                (name, was) ->
                        was == null
                                ? new Tally(seen, fired, firing)
                                : new Tally(
                                        was.seen() + seen,
                                        was.fired() + fired,
                                        was.firing() + firing));
    }

    long signals() {
        return signals;
    }

    Map<String, Tally> tallies() {
        return tallies;
    }

    /** Why a rule may have looked at nothing. */
    String hint(String name) {
        String wanted =
                rules.stream()
                        .filter(change -> change.name().equals(name))
                        .flatMap(change -> change.rule().stream())
                        .flatMap(rule -> rule.selection().signal().stream())
                        .findFirst()
                        .orElse("");
        if (!wanted.isEmpty() && !names.containsKey(wanted)) {
            String nearest = NearestName.hint(wanted, names.keySet());
            return "no signal is called '%s'%s"
                    .formatted(
                            wanted,
                            nearest.isEmpty()
                                    ? ", there are '%s'"
                                            .formatted(String.join("', '", names.keySet()))
                                    : nearest);
        }
        return "no signal is of its kind, modules, io, match and time";
    }
}
