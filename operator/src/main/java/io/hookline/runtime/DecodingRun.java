/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A decoding on an engine. */
final class DecodingRun implements Decoding, RowSteps.Attempts {
    private final RowSteps steps;
    private final Detokenizer detokenizer;
    private final int maxAttempts;
    private final Map<Long, DecodingMember> members = new LinkedHashMap<>();
    private int joined;

    /**
     * @param maxAttempts how often what fails alone is tried
     */
    DecodingRun(RowSteps steps, Detokenizer detokenizer, int maxAttempts) {
        this.steps = steps;
        this.detokenizer = detokenizer;
        this.maxAttempts = maxAttempts;
    }

    @Override
    public void join(long ticket, PlannedTrace trace) {
        if (members.containsKey(ticket)) {
            throw new IllegalArgumentException("ticket %d is here already".formatted(ticket));
        }
        members.put(ticket, new DecodingMember(ticket, trace, joined++));
    }

    @Override
    public void leave(long ticket) {
        DecodingMember member = members.remove(ticket);
        if (member != null) {
            member.rows().forEach(steps::drop);
        }
    }

    @Override
    public int rows() {
        return live().size();
    }

    private List<ActiveRow> live() {
        return members.values().stream()
                .flatMap(member -> member.rows().stream())
                .filter(row -> !row.ended())
                .toList();
    }

    @Override
    public List<Advance> step() {
        members.values().forEach(this::checkSources);
        try {
            steps.step(live(), this);
        } catch (RuntimeInferenceException e) {
            throw new IllegalStateException("a failure has got past the attempts", e);
        }
        return advances();
    }

    /** A patch whose source has ended by itself can't be served; its trace fails alone. */
    private void checkSources(DecodingMember member) {
        List<ActiveRow> left = member.rows().stream().filter(row -> !row.ended()).toList();
        for (ActiveRow row : left) {
            RowPasses.missingSource(row, left)
                    .ifPresent(
                            why ->
                                    member.fail(
                                            new TraceOutcome.Failed(ErrorCode.BARRIER_UNMET, why)));
        }
    }

    private DecodingMember member(ActiveRow row) {
        return members.values().stream()
                .filter(member -> member.rows().contains(row))
                .findFirst()
                .orElseThrow();
    }

    /** Runs bundles together, or else in halves, until what fails is alone. */
    @Override
    public void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing) {
        List<ActiveRow> rows =
                bundles.stream().flatMap(List::stream).filter(row -> !row.ended()).toList();
        if (rows.isEmpty()) {
            return;
        }
        Optional<Exception> failure = failure(rows, passing);
        for (int tries = 1; failure.isPresent() && bundles.size() == 1; tries++) {
            if (tries >= maxAttempts) {
                member(rows.get(0)).fail(TraceOutcome.Failed.givenUp(tries, failure.get()));
                return;
            }
            failure = failure(rows, passing);
        }
        if (failure.isPresent()) {
            int half = bundles.size() / 2;
            run(bundles.subList(0, half), passing);
            run(bundles.subList(half, bundles.size()), passing);
        }
    }

    private Optional<Exception> failure(List<ActiveRow> rows, RowSteps.Passing passing) {
        try {
            passing.over(rows);
            return Optional.empty();
        } catch (RuntimeInferenceException | RuntimeException failed) {
            return failed(rows, failed);
        } catch (OutOfMemoryError tooLarge) {
            return failed(rows, RuntimeInferenceException.of(tooLarge));
        }
    }

    private Optional<Exception> failed(List<ActiveRow> rows, Exception why) {
        rows.stream().map(this::member).distinct().forEach(DecodingMember::failedOnce);
        return Optional.of(why);
    }

    /** Some of the rows may have changed and some not, so none of them can go on. */
    @Override
    public void broken(List<ActiveRow> rows, RuntimeException why) {
        rows.forEach(row -> member(row).fail(TraceOutcome.Failed.givenUp(1, why)));
    }

    private List<Advance> advances() {
        List<Advance> advances = new ArrayList<>();
        for (DecodingMember member : List.copyOf(members.values())) {
            Advance advance = member.advance(detokenizer);
            advances.add(advance);
            if (advance.end().isPresent()) {
                leave(member.ticket());
            }
        }
        return advances;
    }

    @Override
    public void close() {
        members.clear();
        steps.close();
    }
}
