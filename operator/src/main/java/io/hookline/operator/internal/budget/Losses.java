/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import io.hookline.operator.BudgetStep;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a budget took from the records of one event. */
public final class Losses {
    private final Map<String, Map<BudgetStep, Integer>> byCache = new TreeMap<>();
    private final Set<String> gone = new HashSet<>();

    /** Goes on with what was lost before the task started. */
    public Losses(Lost before) {
        before.counts().forEach(count -> add(count.cache(), count.step(), count.records()));
        gone.addAll(before.gone());
    }

    /** As it is kept in state now. */
    public Lost lost() {
        List<Lost.Count> counts = new ArrayList<>();
        byCache.forEach(
                (cache, steps) ->
                        steps.forEach(
                                (step, count) -> counts.add(new Lost.Count(cache, step, count))));
        return isEmpty() ? Lost.NOTHING : new Lost(counts, gone);
    }

    /** A record of that cache was changed so, or is not written. */
    void add(String cache, BudgetStep step) {
        add(cache, step, 1);
    }

    private void add(String cache, BudgetStep step, int records) {
        byCache.computeIfAbsent(cache, first -> new EnumMap<>(BudgetStep.class))
                .merge(step, records, Integer::sum);
    }

    /** The rest of a record in chunks is not written either. */
    void addGone(String recordId) {
        gone.add(recordId);
    }

    boolean isGone(String recordId) {
        return gone.contains(recordId);
    }

    boolean isEmpty() {
        return byCache.isEmpty();
    }

    /** Records of each cache that are not written. */
    Map<String, Long> missing() {
        Map<String, Long> missing = new TreeMap<>();
        byCache.forEach(
                (cache, steps) ->
                        missing.put(
                                cache,
                                (long) steps.getOrDefault(BudgetStep.SAMPLE, 0)
                                        + steps.getOrDefault(BudgetStep.DROP, 0)));
        return missing;
    }

    /** As a result says it. */
    List<String> described() {
        List<String> lines = new ArrayList<>();
        byCache.forEach(
                (cache, steps) ->
                        steps.forEach(
                                (step, count) ->
                                        lines.add(
                                                "%s: records of cache '%s' %s: %d"
                                                        .formatted(
                                                                ErrorCode.BUDGET_EXCEEDED,
                                                                cache,
                                                                Narrowing.described(step),
                                                                count))));
        return lines;
    }
}
