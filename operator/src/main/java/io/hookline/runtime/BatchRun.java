/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a batch of traces: rows are grouped, each group runs, outcomes come back trace by trace. */
public final class BatchRun {
    private final RowPasses passes;
    private final Detokenizer detokenizer;

    public BatchRun(PassEngine engine, ModelInfo info, Detokenizer detokenizer) {
        this.passes =
                new RowPasses(
                        new RowPasses.Model(engine, info.signature(), info.limits().eosTokenIds()));
        this.detokenizer = detokenizer;
    }

    /** Runs the traces and returns their outcomes in the same order. */
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        List<ActiveRow> rows = new ArrayList<>();
        for (int number = 0; number < batch.size(); number++) {
            for (int index = 0; index < batch.get(number).rows().size(); index++) {
                rows.add(new ActiveRow(batch.get(number), number, index));
            }
        }
        Map<Integer, String> failed = new HashMap<>();
        try (RowSteps steps = new RowSteps(passes, false)) {
            List<ActiveRow> left = withSources(rows, failed, steps);
            while (!left.isEmpty()) {
                steps.step(left, new Once());
                left = withSources(left, failed, steps);
            }
            compareNextTokens(
                    rows.stream().filter(row -> !failed.containsKey(row.number())).toList(), steps);
        }
        return outcomes(batch, rows, failed);
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
    private static final class Once implements RowSteps.Attempts {
        @Override
        public void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing)
                throws RuntimeInferenceException {
            passing.over(bundles.stream().flatMap(List::stream).toList());
        }

        @Override
        public void broken(List<ActiveRow> rows, RuntimeException why) {
            throw why;
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

    private List<TraceOutcome> outcomes(
            List<PlannedTrace> batch, List<ActiveRow> rows, Map<Integer, String> failed) {
        List<TraceOutcome> outcomes = new ArrayList<>();
        for (int number = 0; number < batch.size(); number++) {
            String reason = failed.get(number);
            outcomes.add(
                    reason == null
                            ? ended(rows, number)
                            : new TraceOutcome.Failed(ErrorCode.BARRIER_UNMET, reason));
        }
        return outcomes;
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
