/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A rule that is put or removed.
 *
 * @param version offset in the control topic, -1 for one from a file
 * @param from event time, in epoch milliseconds, of the first signal that it acts on; the least
 *     number when it acts at once
 * @param rule empty when it is removed
 */
public record RuleChange(String name, long version, long from, Optional<Rule> rule) {
    /** Whatever the time of a signal is. */
    static final long AT_ONCE = Long.MIN_VALUE;

    public RuleChange {
        requireNonNull(name, "name");
        requireNonNull(rule, "rule");
    }

    /** That rule, put at once. */
    public static RuleChange put(Rule rule) {
        return new RuleChange(rule.name(), rule.version(), AT_ONCE, Optional.of(rule));
    }
}
