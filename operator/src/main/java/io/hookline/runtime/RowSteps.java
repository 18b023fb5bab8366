/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.Structure;
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
    private final Sharing sharing;
    private final Optional<CaptureMemory> memory;
    private final KeyPlaces places;
    private final EndedSources sources = new EndedSources();

    /**
     * Which rows of different lengths share passes. Those that patch from each other do in any
     * case.
     *
     * @param whole padding that a pass over whole texts may have, as a share of its positions
     * @param onward whether rows that go on may
     */
    record Sharing(double whole, boolean onward) {
        /** Rows of equal length alone. */
        static final Sharing EQUAL = new Sharing(0, false);
    }

    /** Runs one pass over some rows. What it throws leaves all of them as they were. */
    interface Passing {
        /** Runs it, after its plan was compiled. */
        void over(List<ActiveRow> rows) throws RuntimeInferenceException;

        /** Runs it if its plan is compiled; else this is its structure. */
        Optional<Structure> ifReady(List<ActiveRow> rows) throws RuntimeInferenceException;

        /** The structure of a pass over those rows. */
        Structure structure(List<ActiveRow> rows);
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

    RowSteps(RowPasses passes, Sharing sharing) {
        this(passes, sharing, Optional.empty());
    }

    /**
     * @param memory what captures of a row's last step may lie in
     */
    RowSteps(RowPasses passes, Sharing sharing, Optional<CaptureMemory> memory) {
        this.passes = passes;
        this.sharing = sharing;
        this.memory = memory;
        this.places = new KeyPlaces(passes.engine());
    }

    /** Takes each row, none of which has ended, one step further. */
    void step(List<ActiveRow> rows, Attempts attempts) throws RuntimeInferenceException {
        List<ActiveRow> beginning = rows.stream().filter(row -> row.step() == 0).toList();
        List<ActiveRow> going = rows.stream().filter(row -> row.step() > 0).toList();
        for (List<List<ActiveRow>> pass :
                RowLengths.whole(RowGroups.tied(beginning, true), sharing.whole())) {
            attempts.run(pass, new Passes(true, attempts));
        }
        List<List<ActiveRow>> tied = RowGroups.tied(going, passes.recompute());
        for (List<List<ActiveRow>> pass : RowLengths.passes(tied, sharing.onward())) {
            attempts.run(pass, new Passes(passes.recompute(), attempts));
        }
    }

    /** A row is not taken further. */
    void drop(ActiveRow row) {
        places.remove(row);
        sources.remove(row);
    }

    /** What compiles plans and runs passes. */
    PassEngine engine() {
        return passes.engine();
    }

    /** Passes over whole texts, or of one token of each row. */
    private final class Passes implements Passing {
        private final boolean whole;
        private final Attempts attempts;

        private Passes(boolean whole, Attempts attempts) {
            this.whole = whole;
            this.attempts = attempts;
        }

        private Pass pass(List<ActiveRow> rows) {
            return whole ? Pass.whole(sources.beside(rows), passes.recompute()) : Pass.onward(rows);
        }

        @Override
        public Structure structure(List<ActiveRow> rows) {
            return PassLowering.lower(pass(rows)).structure();
        }

        @Override
        public void over(List<ActiveRow> rows) throws RuntimeInferenceException {
            Pass pass = pass(rows);
            run(pass, PassLowering.lower(pass));
        }

        @Override
        public Optional<Structure> ifReady(List<ActiveRow> rows) throws RuntimeInferenceException {
            Pass pass = pass(rows);
            LoweredPass lowered = PassLowering.lower(pass);
            if (!passes.isReady(lowered)) {
                return Optional.of(lowered.structure());
            }
            run(pass, lowered);
            return Optional.empty();
        }

        private void run(Pass pass, LoweredPass lowered) throws RuntimeInferenceException {
            List<ActiveRow> rows = pass.rows();
            if (whole) {
                RowPasses.Ran ran = passes.run(pass, lowered, Optional.empty());
                take(ran, cache -> places.begin(rows, cache), attempts);
            } else {
                KvCache past = places.together(rows);
                RowPasses.Ran ran = passes.run(pass, lowered, Optional.of(past));
                take(ran, cache -> places.put(rows, cache, pass.keys()), attempts);
            }
        }
    }

    private void take(RowPasses.Ran ran, Consumer<KvCache> keys, Attempts attempts) {
        List<ActiveRow> rows = ran.pass().rows();
        try {
            passes.take(ran, memory).ifPresent(keys);
        } catch (RuntimeException unexpected) {
            attempts.broken(rows, unexpected);
        } catch (OutOfMemoryError tooLarge) {
            attempts.broken(rows, new IllegalStateException("out of memory", tooLarge));
        }
        rows.stream().filter(ActiveRow::ended).forEach(places::remove);
        if (passes.recompute()) {
            sources.keep(rows);
        }
    }

    @Override
    public void close() {
        places.close();
    }
}
