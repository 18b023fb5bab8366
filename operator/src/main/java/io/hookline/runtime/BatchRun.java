/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a batch of traces: rows are grouped, each group runs, outcomes come back trace by trace. */
public final class BatchRun {
    private final GroupRun.Model model;
    private final Detokenizer detokenizer;

    /** Token ids to text. */
    @FunctionalInterface
    public interface Detokenizer {
        /** The text of token ids, special tokens left out. */
        String decode(int[] tokens);
    }

    public BatchRun(PassEngine engine, ModelInfo info, Detokenizer detokenizer) {
        this.model = new GroupRun.Model(engine, info.signature(), info.limits().eosTokenIds());
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
        for (List<ActiveRow> group : RowGroups.of(rows)) {
            try (GroupRun run = new GroupRun(model, group)) {
                run.run();
                failed.putAll(run.failed());
            }
        }
        return outcomes(batch, rows, failed);
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
                rows.stream().filter(row -> row.number() == number).map(this::outcome).toList());
    }

    private RowOutcome outcome(ActiveRow row) {
        int[] generated = row.generated().stream().mapToInt(Integer::intValue).toArray();
        return row.outcome(generated.length == 0 ? "" : detokenizer.decode(generated));
    }
}
