/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import io.hookline.operator.BudgetStep;
import java.util.List;
import java.util.Set;

/**
 * What a budget has taken from the records of one event so far, as it is kept in state.
 *
 * @param counts by cache and step
 * @param gone ids of records in chunks of which nothing is written
 */
public record Lost(List<Count> counts, Set<String> gone) {
    /** Nothing. */
    public static final Lost NOTHING = new Lost(List.of(), Set.of());

    public Lost {
        counts = List.copyOf(counts);
        gone = Set.copyOf(gone);
    }

    /** So many records of a cache went through that step. */
    public record Count(String cache, BudgetStep step, int records) {}
}
