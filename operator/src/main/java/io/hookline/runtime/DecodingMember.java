/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.Decoding.Advance;
import io.hookline.runtime.Decoding.End;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One trace of a decoding. */
final class DecodingMember {
    private final long ticket;
    private final int number;
    private final List<ActiveRow> rows;
    private Map<ActiveRow, ActiveRow> unedited = Map.of();
    private boolean compares;
    private Optional<TraceOutcome.Failed> failed = Optional.empty();
    private int failures;

    /**
     * @param number tells its rows from those of other traces
     */
    DecodingMember(long ticket, PlannedTrace trace, int number) {
        this.ticket = ticket;
        this.number = number;
        this.rows =
                IntStream.range(0, trace.rows().size())
                        .mapToObj(index -> new ActiveRow(trace, number, index))
                        .toList();
    }

    long ticket() {
        return ticket;
    }

    /** What its rows are told by. */
    int number() {
        return number;
    }

    /** Its rows, and those that run without edits to be compared with them. */
    List<ActiveRow> rows() {
        return unedited.isEmpty()
                ? rows
                : Stream.concat(rows.stream(), unedited.values().stream()).toList();
    }

    /** A pass that it took part in has failed, whoever was to blame. */
    void failedOnce() {
        failures++;
    }

    /** It can't go on; the first reason counts. */
    void fail(TraceOutcome.Failed outcome) {
        failed = failed.or(() -> Optional.of(outcome));
        rows().forEach(row -> row.end(false));
    }

    /** Once its rows have ended, those begin that they are compared with. */
    private void compare() {
        if (compares || failed.isPresent() || !rows.stream().allMatch(ActiveRow::ended)) {
            return;
        }
        compares = true;
        unedited = new LinkedHashMap<>();
        for (ActiveRow row : rows) {
            row.nextTokens().unedited(row).ifPresent(each -> unedited.put(row, each));
        }
    }

    /** Whether it has failed in a pass that succeeded; then none of its rows goes on. */
    private void fallWithRows() {
        for (ActiveRow row : rows) {
            row.failure().ifPresent(this::fail);
        }
    }

    /** What it came to since it was last asked. */
    Advance advance(Detokenizer detokenizer) {
        fallWithRows();
        compare();
        List<Capture> captures = new ArrayList<>();
        List<int[]> generated = new ArrayList<>();
        for (ActiveRow row : rows) {
            captures.addAll(row.takeCaptures());
            generated.add(row.generated());
        }
        return new Advance(ticket, captures, generated, end(detokenizer));
    }

    private Optional<End> end(Detokenizer detokenizer) {
        if (failed.isPresent()) {
            return Optional.of(new End(failed.get(), Math.max(1, failures)));
        }
        if (!rows().stream().allMatch(ActiveRow::ended)) {
            return Optional.empty();
        }
        unedited.forEach(ActiveRow::compare);
        List<RowOutcome> outcomes = rows.stream().map(row -> row.outcome(detokenizer)).toList();
        return Optional.of(new End(new TraceOutcome.Completed(outcomes), failures + 1));
    }
}
