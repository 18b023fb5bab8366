/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Structure;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A decoding on an engine. */
final class DecodingRun implements Decoding {
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
        List<ActiveRow> live = new ArrayList<>();
        for (DecodingMember member : members.values()) {
            for (ActiveRow row : member.rows()) {
                if (!row.ended()) {
                    live.add(row);
                }
            }
        }
        return live;
    }

    @Override
    public List<Advance> step() {
        step(new Trying(Optional.empty()));
        return advances(Set.of());
    }

    @Override
    public Ready stepReady() {
        ReadyPasses ready = new ReadyPasses(steps.engine());
        step(new Trying(Optional.of(ready)));
        Map<Integer, CompletableFuture<Void>> waiting = ready.waiting();
        List<Advance> advances = advances(waiting.keySet());
        return new Ready(
                advances,
                advances.isEmpty() ? waiting.values().stream().findFirst() : Optional.empty());
    }

    private void step(RowSteps.Attempts attempts) {
        members.values().forEach(this::checkSources);
        try {
            steps.step(live(), attempts);
        } catch (RuntimeInferenceException e) {
            throw new IllegalStateException("a failure has got past the attempts", e);
        }
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
    private void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing) {
        List<ActiveRow> rows = rows(bundles);
        if (!rows.isEmpty()) {
            failure(rows, () -> passing.over(rows))
                    .ifPresent(failure -> recover(bundles, passing, failure));
        }
    }

    /** After a pass over bundles has failed. */
    private void recover(
            List<List<ActiveRow>> bundles, RowSteps.Passing passing, Exception failure) {
        if (bundles.size() > 1) {
            int half = bundles.size() / 2;
            run(bundles.subList(0, half), passing);
            run(bundles.subList(half, bundles.size()), passing);
            return;
        }
        List<ActiveRow> rows = rows(bundles);
        Optional<Exception> last = Optional.of(failure);
        for (int tries = 1; last.isPresent(); tries++) {
            if (tries >= maxAttempts) {
                member(rows.get(0)).fail(TraceOutcome.Failed.givenUp(tries, last.get()));
                return;
            }
            last = failure(rows, () -> passing.over(rows));
        }
    }

    private static List<ActiveRow> rows(List<List<ActiveRow>> bundles) {
        return bundles.stream().flatMap(List::stream).filter(row -> !row.ended()).toList();
    }

    private interface Trial {
        void run() throws RuntimeInferenceException;
    }

    private Optional<Exception> failure(List<ActiveRow> rows, Trial trial) {
        try {
            trial.run();
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

    /** Passes that fail are tried again in smaller parts. */
    private final class Trying implements RowSteps.Attempts {
        private final Optional<ReadyPasses> ready;

        /**
         * @param ready takes rows through passes that don't wait for plans; empty for those that do
         */
        private Trying(Optional<ReadyPasses> ready) {
            this.ready = ready;
        }

        @Override
        public void run(List<List<ActiveRow>> bundles, RowSteps.Passing passing)
                throws RuntimeInferenceException {
            if (ready.isPresent()) {
                ready.get().run(bundles, new Once(passing));
            } else {
                DecodingRun.this.run(bundles, passing);
            }
        }

        /** Some of the rows may have changed and some not, so none of them can go on. */
        @Override
        public void broken(List<ActiveRow> rows, RuntimeException why) {
            rows.forEach(row -> member(row).fail(TraceOutcome.Failed.givenUp(1, why)));
        }
    }

    /** A pass that is tried without waiting for its plan; after a failure it is waited for. */
    private final class Once implements ReadyPasses.Attempt {
        private final RowSteps.Passing passing;

        private Once(RowSteps.Passing passing) {
            this.passing = passing;
        }

        @Override
        public void over(List<List<ActiveRow>> bundles) {
            run(bundles, passing);
        }

        @Override
        public Optional<Structure> ifReady(List<List<ActiveRow>> bundles) {
            List<ActiveRow> rows = rows(bundles);
            List<Structure> missing = new ArrayList<>();
            failure(rows, () -> passing.ifReady(rows).ifPresent(missing::add))
                    .ifPresent(failure -> recover(bundles, passing, failure));
            return missing.stream().findFirst();
        }

        @Override
        public Structure structure(List<ActiveRow> rows) {
            return passing.structure(rows);
        }
    }

    private List<Advance> advances(Set<Integer> waiting) {
        List<Advance> advances = new ArrayList<>();
        for (DecodingMember member : List.copyOf(members.values())) {
            if (waiting.contains(member.number())) {
                continue;
            }
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
