/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Structure;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Runs a batch of traces: rows are grouped, each group runs, outcomes come back trace by trace. */
public final class BatchRun {
    private final PassEngine engine;
    private final RowPasses passes;
    private final Detokenizer detokenizer;
    private final EncoderProbe probe;

    public BatchRun(PassEngine engine, ModelInfo info, Detokenizer detokenizer) {
        this.engine = engine;
        this.passes =
                new RowPasses(
                        new RowPasses.Model(engine, info.signature(), info.limits().eosTokenIds()));
        this.detokenizer = detokenizer;
        this.probe = new EncoderProbe(this, info);
    }

    /** Whether traces of different lengths may share passes; the first call tries it. */
    public boolean pads() {
        return probe.mayPad();
    }

    /** Runs the traces and returns their outcomes in the same order. */
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        return ended(batch, new Manner(RowSteps.Sharing.EQUAL, Optional.empty()));
    }

    /** The same with captures that may lie in that memory. */
    public List<TraceOutcome> run(List<PlannedTrace> batch, CaptureMemory memory)
            throws RuntimeInferenceException {
        return ended(batch, new Manner(RowSteps.Sharing.EQUAL, Optional.of(memory)));
    }

    /**
     * How passes run.
     *
     * @param memory what captures may lie in
     */
    private record Manner(RowSteps.Sharing sharing, Optional<CaptureMemory> memory) {}

    /**
     * Runs the traces whose plans are compiled, and has the others' compiled.
     *
     * @param padding that a pass may have, as a share of its positions
     */
    public Turns attempt(List<PlannedTrace> batch, double padding)
            throws RuntimeInferenceException {
        return attempt(batch, new Manner(new RowSteps.Sharing(padding, false), Optional.empty()));
    }

    /** The same with captures that may lie in that memory. */
    public Turns attempt(List<PlannedTrace> batch, double padding, CaptureMemory memory)
            throws RuntimeInferenceException {
        return attempt(
                batch, new Manner(new RowSteps.Sharing(padding, false), Optional.of(memory)));
    }

    private Turns attempt(List<PlannedTrace> batch, Manner manner)
            throws RuntimeInferenceException {
        IfReady attempts = new IfReady(engine);
        List<Turns.Turn> turns = turns(batch, manner, attempts);
        return attempts.seen.of(turns);
    }

    /** The same, all in one pass, whatever their lengths. */
    List<TraceOutcome> padded(List<PlannedTrace> batch) throws RuntimeInferenceException {
        return ended(batch, new Manner(new RowSteps.Sharing(1, false), Optional.empty()));
    }

    private List<TraceOutcome> ended(List<PlannedTrace> batch, Manner manner)
            throws RuntimeInferenceException {
        return turns(batch, manner, new Once()).stream()
                .map(turn -> ((Turns.Ended) turn).outcome())
                .toList();
    }

    private List<Turns.Turn> turns(List<PlannedTrace> batch, Manner manner, Course attempts)
            throws RuntimeInferenceException {
        List<ActiveRow> rows = new ArrayList<>();
        for (int number = 0; number < batch.size(); number++) {
            for (int index = 0; index < batch.get(number).rows().size(); index++) {
                rows.add(new ActiveRow(batch.get(number), number, index));
            }
        }
        Map<Integer, String> failed = new HashMap<>();
        try (RowSteps steps = new RowSteps(passes, manner.sharing(), manner.memory())) {
            List<ActiveRow> left = withSources(rows, failed, steps);
            while (!left.isEmpty()) {
                steps.step(left, attempts);
                left = withSources(without(left, attempts.waiting(), steps), failed, steps);
            }
            compareNextTokens(
                    without(rows, attempts.waiting(), steps).stream()
                            .filter(row -> !failed.containsKey(row.number()))
                            .toList(),
                    steps);
        }
        return turns(batch, rows, failed, attempts.waiting());
    }

    /** The rows whose traces don't wait for a plan. */
    private static List<ActiveRow> without(
            List<ActiveRow> rows, Map<Integer, CompletableFuture<Void>> waiting, RowSteps steps) {
        rows.stream().filter(row -> waiting.containsKey(row.number())).forEach(steps::drop);
        return rows.stream().filter(row -> !waiting.containsKey(row.number())).toList();
    }

    /** What is done to get the rows of a batch through passes. */
    private interface Course extends RowSteps.Attempts {
        /** What traces wait for, by number. */
        Map<Integer, CompletableFuture<Void>> waiting();

        @Override
        default void broken(List<ActiveRow> rows, RuntimeException why) {
            throw why;
        }
    }

    /** Runs again, without edits, what is to be compared with that. */
    private static void compareNextTokens(List<ActiveRow> rows, RowSteps steps)
            throws RuntimeInferenceException {
        Map<ActiveRow, ActiveRow> plain = new LinkedHashMap<>();
        for (ActiveRow row : rows) {
            row.nextTokens().unedited(row).ifPresent(unedited -> plain.put(row, unedited));
        }
        List<ActiveRow> left = List.copyOf(plain.values());
        while (!left.isEmpty()) {
            steps.step(left, new Once());
            left = left.stream().filter(row -> !row.ended()).toList();
        }
        plain.forEach((row, unedited) -> row.compare(unedited));
    }

    /** Whatever goes wrong ends the run. */
    private static final class Once implements Course {
        @Override
        public void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing)
                throws RuntimeInferenceException {
            passing.over(bundles.stream().flatMap(List::stream).toList());
        }

        @Override
        public Map<Integer, CompletableFuture<Void>> waiting() {
            return Map.of();
        }
    }

    /** Traces that have not begun wait for their plans. What has begun goes on to its end. */
    private static final class IfReady implements Course {
        private final ReadyPasses passes;
        private Seen seen = new Seen(0, 0, 0);

        private IfReady(PassEngine engine) {
            this.passes = new ReadyPasses(engine);
        }

        @Override
        public void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing)
                throws RuntimeInferenceException {
            passes.run(bundles, new Counting(passing));
        }

        @Override
        public Map<Integer, CompletableFuture<Void>> waiting() {
            return passes.waiting();
        }

        /**
         * What passes over whole texts had in them.
         *
         * @param structures the most that traces of one pass brought
         */
        private record Seen(long positions, long text, int structures) {
            /** These and one more pass, which has not run yet. */
            Seen and(List<List<ActiveRow>> traces) {
                List<ActiveRow> rows = traces.stream().flatMap(List::stream).toList();
                return rows.get(0).step() > 0
                        ? this
                        : new Seen(
                                positions + RowLengths.positions(rows),
                                text + RowLengths.text(rows),
                                Math.max(structures, RowStructure.count(traces)));
            }

            Turns of(List<Turns.Turn> each) {
                return new Turns(each, positions, positions - text, structures);
            }
        }

        /** Counts what passes have in them. */
        private final class Counting implements ReadyPasses.Attempt {
            private final RowSteps.Passing passing;

            private Counting(RowSteps.Passing passing) {
                this.passing = passing;
            }

            @Override
            public void over(List<List<ActiveRow>> bundles) throws RuntimeInferenceException {
                seen = seen.and(bundles);
                passing.over(bundles.stream().flatMap(List::stream).toList());
            }

            @Override
            public Optional<Structure> ifReady(List<List<ActiveRow>> bundles)
                    throws RuntimeInferenceException {
                List<ActiveRow> rows = bundles.stream().flatMap(List::stream).toList();
                Seen after = seen.and(bundles);
                Optional<Structure> missing = passing.ifReady(rows);
                if (missing.isEmpty()) {
                    seen = after;
                }
                return missing;
            }

            @Override
            public Structure structure(List<ActiveRow> rows) {
                return passing.structure(rows);
            }
        }
    }

    /**
     * The rows that go on. A patch whose source has ended by itself can't be served; its trace
     * fails alone.
     */
    private static List<ActiveRow> withSources(
            List<ActiveRow> rows, Map<Integer, String> failed, RowSteps steps) {
        List<ActiveRow> left = rows.stream().filter(row -> !row.ended()).toList();
        for (ActiveRow row : left) {
            RowPasses.missingSource(row, left).ifPresent(why -> failed.put(row.number(), why));
        }
        for (ActiveRow row : left) {
            if (failed.containsKey(row.number())) {
                row.end(false);
                steps.drop(row);
            }
        }
        return left.stream().filter(row -> !row.ended()).toList();
    }

    private List<Turns.Turn> turns(
            List<PlannedTrace> batch,
            List<ActiveRow> rows,
            Map<Integer, String> failed,
            Map<Integer, CompletableFuture<Void>> waiting) {
        List<Turns.Turn> turns = new ArrayList<>();
        for (int number = 0; number < batch.size(); number++) {
            CompletableFuture<Void> plan = waiting.get(number);
            String reason = failed.get(number);
            turns.add(
                    plan != null
                            ? new Turns.Waits(plan)
                            : new Turns.Ended(
                                    reason == null
                                            ? ended(rows, number)
                                            : new TraceOutcome.Failed(
                                                    ErrorCode.BARRIER_UNMET, reason)));
        }
        return turns;
    }

    private TraceOutcome ended(List<ActiveRow> rows, int number) {
        return rows.stream()
                .filter(row -> row.number() == number)
                .flatMap(row -> row.failure().stream())
                .<TraceOutcome>map(failure -> failure)
                .findFirst()
                .orElseGet(() -> completed(rows, number));
    }

    private TraceOutcome completed(List<ActiveRow> rows, int number) {
        return new TraceOutcome.Completed(
                rows.stream()
                        .filter(row -> row.number() == number)
                        .map(row -> row.outcome(detokenizer))
                        .toList());
    }
}
