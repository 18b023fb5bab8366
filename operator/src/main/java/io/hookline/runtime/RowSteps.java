/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.runtime.PassEngine.KvCache;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes rows forward step by step, in as few passes as their lengths allow. Rows may begin and end
 * between steps. Owns their KV caches; used by one thread.
 */
final class RowSteps implements AutoCloseable {
    private final RowPasses passes;
    private final boolean padding;
    private final KeyPlaces places;

    /** Runs one pass over some rows. What it throws leaves all of them as they were. */
    interface Passing {
        void over(List<ActiveRow> rows) throws RuntimeInferenceException;
    }

    /** What is done to get rows through a pass. */
    interface Attempts {
        /**
         * Runs a pass over rows, or several over parts of them.
         *
         * @param bundles rows that have to stay together
         */
        void run(List<List<ActiveRow>> bundles, Passing passing) throws RuntimeInferenceException;

        /** Some rows can't go on after a pass that succeeded. */
        void broken(List<ActiveRow> rows, RuntimeException why);
    }

    /**
     * @param padding whether rows of different lengths may share passes; those that patch from each
     *     other do in any case
     */
    RowSteps(RowPasses passes, boolean padding) {
        this.passes = passes;
        this.padding = padding;
        this.places = new KeyPlaces(passes.engine());
    }

    /** Takes each row, none of which has ended, one step further. */
    void step(List<ActiveRow> rows, Attempts attempts) throws RuntimeInferenceException {
        List<ActiveRow> beginning = rows.stream().filter(row -> row.step() == 0).toList();
        List<ActiveRow> going = rows.stream().filter(row -> row.step() > 0).toList();
        for (List<List<ActiveRow>> pass : RowLengths.passes(RowGroups.tied(beginning), false)) {
            attempts.run(pass, each -> begin(each, attempts));
        }
        for (List<List<ActiveRow>> pass : RowLengths.passes(RowGroups.tied(going), padding)) {
            attempts.run(pass, each -> goOn(each, attempts));
        }
    }

    /** A row is not taken further. */
    void drop(ActiveRow row) {
        places.remove(row);
    }

    private void begin(List<ActiveRow> rows, Attempts attempts) throws RuntimeInferenceException {
        RowPasses.Ran ran = passes.run(Pass.whole(rows, passes.recompute()), Optional.empty());
        take(ran, cache -> places.begin(rows, cache), attempts);
    }

    private void goOn(List<ActiveRow> rows, Attempts attempts) throws RuntimeInferenceException {
        if (passes.recompute()) {
            begin(rows, attempts);
            return;
        }
        KvCache past = places.together(rows);
        Pass pass = Pass.onward(rows);
        RowPasses.Ran ran = passes.run(pass, Optional.of(past));
        take(ran, cache -> places.put(rows, cache, pass.keys()), attempts);
    }

    private void take(RowPasses.Ran ran, Consumer<KvCache> keys, Attempts attempts) {
        List<ActiveRow> rows = ran.pass().rows();
        try {
            passes.take(ran).ifPresent(keys);
        } catch (RuntimeException unexpected) {
            attempts.broken(rows, unexpected);
        } catch (OutOfMemoryError tooLarge) {
            attempts.broken(rows, new IllegalStateException("out of memory", tooLarge));
        }
        rows.stream().filter(ActiveRow::ended).forEach(places::remove);
    }

    @Override
    public void close() {
        places.close();
    }
}
