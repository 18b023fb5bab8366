/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Takes rows through passes without waiting for plans. Traces whose common plan is not compiled run
 * beside each other, those that do the same together; only those whose own plan is missing are left
 * behind. Plans that traces wait for are compiled before plans that would bring traces together. A
 * trace goes on as a whole or waits as a whole, so that its rows stay in one step.
 */
final class ReadyPasses {
    private final PassEngine engine;
    private final Map<Integer, CompletableFuture<Void>> waiting = new HashMap<>();
    private final Set<Integer> begun = new HashSet<>();

    /** Gets rows through a pass. */
    interface Attempt {
        /** After its plan was compiled. */
        void over(List<List<ActiveRow>> bundles) throws RuntimeInferenceException;

        /** If its plan is compiled; else this is the structure to compile. */
        Optional<Structure> ifReady(List<List<ActiveRow>> bundles) throws RuntimeInferenceException;

        /** The structure of a pass over those rows. */
        Structure structure(List<ActiveRow> rows);
    }

    ReadyPasses(PassEngine engine) {
        this.engine = engine;
    }

    /** What traces wait for, by their numbers. */
    Map<Integer, CompletableFuture<Void>> waiting() {
        return waiting;
    }

    /** Runs what can run now of the rows of one pass. */
    void run(List<List<ActiveRow>> bundles, Attempt attempt) throws RuntimeInferenceException {
        List<List<ActiveRow>> here = byTrace(bundles);
        if (here.stream().anyMatch(rows -> begun.contains(trace(rows)))) {
            begin(here);
            attempt.over(here);
        } else if (!here.isEmpty()) {
            Optional<Structure> missing = ifReady(here, attempt);
            if (missing.isPresent()) {
                divide(here, missing.get(), attempt);
            }
        }
    }

    /** The rows that don't wait, those of a trace together. */
    private List<List<ActiveRow>> byTrace(List<List<ActiveRow>> bundles) {
        return grouped(
                bundles.stream().filter(rows -> !waiting.containsKey(trace(rows))).toList(),
                ReadyPasses::trace,
                List::addAll);
    }

    private void divide(List<List<ActiveRow>> traces, Structure together, Attempt attempt)
            throws RuntimeInferenceException {
        List<List<List<ActiveRow>>> alike = grouped(traces, attempt::structure, List::add);
        if (alike.size() == 1) {
            wait(traces, together);
            return;
        }
        for (List<List<ActiveRow>> same : alike) {
            ifReady(same, attempt).ifPresent(missing -> wait(same, missing));
        }
        if (traces.stream().noneMatch(rows -> waiting.containsKey(trace(rows)))) {
            // Nobody waits for it; whoever comes after it is there goes together.
            CompletableFuture<Void> unused = engine.prepare(together);
        }
    }

    private Optional<Structure> ifReady(List<List<ActiveRow>> traces, Attempt attempt)
            throws RuntimeInferenceException {
        Optional<Structure> missing = attempt.ifReady(traces);
        if (missing.isEmpty()) {
            begin(traces);
        }
        return missing;
    }

    private void begin(List<List<ActiveRow>> traces) {
        traces.forEach(rows -> begun.add(trace(rows)));
    }

    private void wait(List<List<ActiveRow>> traces, Structure missing) {
        CompletableFuture<Void> plan = engine.prepare(missing);
        traces.forEach(rows -> waiting.put(trace(rows), plan));
    }

    private static int trace(List<ActiveRow> rows) {
        return rows.get(0).number();
    }

    private interface Adding<T> {
        Object to(List<T> group, List<ActiveRow> rows);
    }

    private static <T> List<List<T>> grouped(
            List<List<ActiveRow>> all, Function<List<ActiveRow>, ?> by, Adding<T> adding) {
        Map<Object, List<T>> groups = new LinkedHashMap<>();
        for (List<ActiveRow> rows : all) {
            adding.to(groups.computeIfAbsent(by.apply(rows), first -> new ArrayList<>()), rows);
        }
        return List.copyOf(groups.values());
    }
}
