/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Structure;
import io.hookline.runtime.BatchRun;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.Decodings;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traces whose plan is compiled run while those of others are compiled beside. */
final class ReadyPlansTest {
    private static final String EDIT =
            "{'at': 'model.model.layers.2.output', 'op': 'scale', 'by': 1.5, 'steps': 'all'}";

    private static TestEngine engine;
    private static ModelRuntime model;

    /** Plans with edits are compiled when the test says so, alone and together with others. */
    private final Compiling compiling = new Compiling(model.passes());

    private final BatchRun runs = new BatchRun(compiling, model.info(), tokens -> "");

    @BeforeAll
    static void open() {
        engine = new TestEngine();
        model = engine.model(TICKETLM);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static PlannedTrace plan(TestProgram program) throws Exception {
        return engine.plan(TICKETLM, program.json());
    }

    private static TestProgram prompt(int... tokens) {
        return TestProgram.of(tokens);
    }

    private static TestProgram generating(int tokens, int... prompt) {
        return prompt(prompt)
                .with("generate", "{'max_new_tokens': %d, 'eos_token_ids': []}".formatted(tokens));
    }

    @Test
    void batch_oldStructureRunsWhileTheNewOneIsCompiled() throws Exception {
        TestProgram old = prompt(20, 21, 22);
        TestProgram edited = prompt(30, 31, 32).edit(0, EDIT);
        List<PlannedTrace> batch = List.of(plan(old), plan(edited), plan(old));
        Turns first = runs.attempt(batch, 0);
        assertThat(first.structures()).as("of those that ran").isEqualTo(1);
        List<Turns.Turn> turns = first.each();
        assertSame(turns.get(0), old);
        assertSame(turns.get(2), old);
        CompletableFuture<Void> there = ((Turns.Waits) turns.get(1)).plan();
        assertThat(there).isNotDone();
        assertThat(compiling.passes).as("the two old ones together").containsExactly(2);
        compiling.finish();
        assertThat(there).isDone();
        assertSame(runs.attempt(batch.subList(1, 2), 0).each().get(0), edited);
    }

    @Test
    void batch_whoseOnlyCommonPlanIsMissing_runsInPartsUntilItIsThere() throws Exception {
        TestProgram edited = prompt(30, 31, 32).edit(0, EDIT);
        runs.attempt(List.of(plan(edited)), 0);
        compiling.finish();
        // Of a structure that differs from that of the edit alone: logits of all positions.
        TestProgram all = prompt(40, 41, 42).with("logits", "'all'");
        List<PlannedTrace> batch = List.of(plan(all), plan(edited));
        compiling.passes.clear();
        Turns apart = runs.attempt(batch, 0);
        assertThat(apart.structures()).as("in one pass").isEqualTo(1);
        List<Turns.Turn> turns = apart.each();
        assertSame(turns.get(0), all);
        assertSame(turns.get(1), edited);
        assertThat(compiling.passes).containsExactly(1, 1);
        assertThat(compiling.waiting).as("their common plan").hasSize(1);
        compiling.finish();
        compiling.passes.clear();
        Turns together = runs.attempt(batch, 0);
        assertThat(together.each()).allMatch(Turns.Ended.class::isInstance);
        assertThat(together.structures()).as("in their common plan").isEqualTo(2);
        assertThat(compiling.passes).containsExactly(2);
    }

    @Test
    void trace_thatHasBegun_goesOnToItsEndWhateverItsOtherPassesNeed() throws Exception {
        // Rows of two lengths are two passes, and the edit is in the second alone.
        TestProgram program = TestProgram.of(new int[][] {{20, 21, 22}, {30, 31}}).edit(1, EDIT);
        List<Turns.Turn> turns = runs.attempt(List.of(plan(program)), 0).each();
        assertThat(turns.get(0)).isInstanceOf(Turns.Ended.class);
        List<RowOutcome> rows = rows(turns.get(0));
        List<RowOutcome> want = engine.run(TICKETLM, program);
        for (int row = 0; row < 2; row++) {
            Bits.assertSame(rows.get(row), want.get(row));
        }
    }

    @Test
    void plan_thatCanNotBeCompiled_failsTheRunAfterItWasWaitedFor() throws Exception {
        compiling.refuses = true;
        PlannedTrace trace = plan(prompt(30, 31, 32).edit(0, EDIT));
        Turns.Waits waits = (Turns.Waits) runs.attempt(List.of(trace), 0).each().get(0);
        compiling.finish();
        assertThat(waits.plan()).isCompletedWithValue(null);
        assertThatThrownBy(() -> runs.attempt(List.of(trace), 0))
                .isInstanceOf(RuntimeInferenceException.class)
                .hasMessage("refused");
    }

    @Test
    void decoding_goesOnWhileATraceThatJoinsWaitsForItsPlan() throws Exception {
        TestProgram old = generating(9, 20, 21, 22);
        TestProgram edited = generating(3, 30, 31, 32).edit(0, EDIT);
        Map<Long, Decoding.End> ends = new LinkedHashMap<>();
        try (Decoding decoding = new Decodings(compiling, model.info(), tokens -> "").open(1)) {
            decoding.join(1, plan(old));
            step(decoding, ends);
            decoding.join(2, plan(edited));
            for (int step = 0; step < 3; step++) {
                Decoding.Ready ready = step(decoding, ends);
                assertThat(ready.plan()).as("somebody goes on").isEmpty();
                assertThat(ready.advances())
                        .extracting(Decoding.Advance::ticket)
                        .containsExactly(1L);
            }
            compiling.finish();
            assertThat(step(decoding, ends).advances())
                    .as("of the first the plan is there, of the second it was")
                    .extracting(Decoding.Advance::ticket)
                    .contains(2L);
            while (decoding.rows() > 0) {
                step(decoding, ends);
                compiling.finish();
            }
        }
        assertGenerated(ends.get(1L), old);
        assertGenerated(ends.get(2L), edited);
    }

    @Test
    void decoding_inWhichAllWait_saysForWhat() throws Exception {
        TestProgram edited = generating(2, 30, 31, 32).edit(0, EDIT);
        Map<Long, Decoding.End> ends = new LinkedHashMap<>();
        try (Decoding decoding = new Decodings(compiling, model.info(), tokens -> "").open(1)) {
            decoding.join(1, plan(edited));
            while (decoding.rows() > 0) {
                Decoding.Ready ready = step(decoding, ends);
                if (ready.plan().isPresent()) {
                    assertThat(ready.advances()).isEmpty();
                    assertThat(ready.plan().get()).isNotDone();
                    compiling.finish();
                    assertThat(ready.plan().get()).isDone();
                }
            }
        }
        assertGenerated(ends.get(1L), edited);
        assertThat(compiling.compiled).as("of the first step and of the second").isEqualTo(2);
    }

    private static Decoding.Ready step(Decoding decoding, Map<Long, Decoding.End> ends) {
        Decoding.Ready ready = decoding.stepReady();
        for (Decoding.Advance advance : ready.advances()) {
            advance.end().ifPresent(end -> ends.put(advance.ticket(), end));
        }
        return ready;
    }

    private static void assertGenerated(Decoding.End end, TestProgram program) {
        assertThat(((TraceOutcome.Completed) end.outcome()).rows().get(0).generated())
                .isEqualTo(engine.run(TICKETLM, program).get(0).generated());
    }

    private static void assertSame(Turns.Turn turn, TestProgram program) {
        Bits.assertSame(rows(turn).get(0), engine.run(TICKETLM, program).get(0));
    }

    private static List<RowOutcome> rows(Turns.Turn turn) {
        return ((TraceOutcome.Completed) ((Turns.Ended) turn).outcome()).rows();
    }

    /** A real engine whose plans with edits are there once the test has let them be compiled. */
    private static final class Compiling implements PassEngine {
        private final PassEngine real;
        private final Map<Structure, CompletableFuture<Void>> waiting = new LinkedHashMap<>();
        private final List<Structure> there = new ArrayList<>();
        private final List<Integer> passes = new ArrayList<>();
        private boolean refuses;
        private int compiled;

        Compiling(PassEngine real) {
            this.real = real;
        }

        /** All that wait are compiled. */
        void finish() {
            there.addAll(waiting.keySet());
            compiled += waiting.size();
            waiting.values().forEach(plan -> plan.complete(null));
            waiting.clear();
        }

        @Override
        public boolean isReady(Structure structure) {
            return structure.edits().isEmpty() || there.contains(structure);
        }

        @Override
        public CompletableFuture<Void> prepare(Structure structure) {
            return waiting.computeIfAbsent(structure, first -> new CompletableFuture<>());
        }

        @Override
        public PassResult run(PassRequest request) {
            throw new UnsupportedOperationException("passes name their cuts");
        }

        @Override
        public PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException {
            if (refuses) {
                throw new RuntimeInferenceException("refused", null, false);
            }
            passes.add(request.batch());
            return real.run(request, cuts);
        }

        @Override
        public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
            return real.gather(rows);
        }
    }
}
