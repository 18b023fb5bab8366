/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.Decoding.Advance;
import io.hookline.runtime.Decoding.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One trace of a decoding. */
final class DecodingMember {
    private final long ticket;
    private final List<ActiveRow> rows;
    private Optional<TraceOutcome.Failed> failed = Optional.empty();
    private int failures;

    /**
     * @param number tells its rows from those of other traces
     */
    DecodingMember(long ticket, PlannedTrace trace, int number) {
        this.ticket = ticket;
        this.rows =
                IntStream.range(0, trace.rows().size())
                        .mapToObj(index -> new ActiveRow(trace, number, index))
                        .toList();
    }

    long ticket() {
        return ticket;
    }

    List<ActiveRow> rows() {
        return rows;
    }

    /** A pass that it took part in has failed, whoever was to blame. */
    void failedOnce() {
        failures++;
    }

    /** It can't go on; the first reason counts. */
    void fail(TraceOutcome.Failed outcome) {
        failed = failed.or(() -> Optional.of(outcome));
        rows.forEach(row -> row.end(false));
    }

    /** Whether it has failed in a pass that succeeded; then none of its rows goes on. */
    private void fallWithRows() {
        rows.stream().flatMap(row -> row.failure().stream()).findFirst().ifPresent(this::fail);
    }

    /** What it came to since it was last asked. */
    Advance advance(Detokenizer detokenizer) {
        fallWithRows();
        List<Capture> captures = new ArrayList<>();
        rows.forEach(row -> captures.addAll(row.takeCaptures()));
        List<int[]> generated =
                rows.stream()
                        .map(row -> row.generated().stream().mapToInt(Integer::intValue).toArray())
                        .toList();
        return new Advance(ticket, captures, generated, end(detokenizer));
    }

    private Optional<End> end(Detokenizer detokenizer) {
        if (failed.isPresent()) {
            return Optional.of(new End(failed.get(), Math.max(1, failures)));
        }
        if (!rows.stream().allMatch(ActiveRow::ended)) {
            return Optional.empty();
        }
        List<RowOutcome> outcomes = rows.stream().map(row -> row.outcome(detokenizer)).toList();
        return Optional.of(new End(new TraceOutcome.Completed(outcomes), failures + 1));
    }
}
