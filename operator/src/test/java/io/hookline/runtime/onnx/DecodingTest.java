/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.Decodings;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class DecodingTest {
    /** A token of prompts that the failing engine can't bear. */
    private static final int POISON = 77;

    private static TestEngine engine;
    private static ModelRuntime model;

    @BeforeAll
    static void open() {
        engine = new TestEngine();
        model = engine.model(TICKETLM);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static TestProgram program(int tokens, int... prompt) {
        return TestProgram.of(prompt)
                .with("generate", "{'max_new_tokens': %d, 'eos_token_ids': []}".formatted(tokens));
    }

    private static PlannedTrace plan(TestProgram program) {
        try {
            return engine.plan(TICKETLM, program.json());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<RowOutcome> alone(TestProgram program) {
        return engine.run(TICKETLM, program);
    }

    /** Steps until everything has ended; the ends by ticket, in order. */
    private static Map<Long, Decoding.End> toEnd(Decoding decoding) {
        Map<Long, Decoding.End> ends = new java.util.LinkedHashMap<>();
        while (decoding.rows() > 0) {
            decoding.step()
                    .forEach(
                            advance -> advance.end().ifPresent(e -> ends.put(advance.ticket(), e)));
        }
        return ends;
    }

    private static int[] generated(Decoding.End end) {
        return ((TraceOutcome.Completed) end.outcome()).rows().get(0).generated();
    }

    @Test
    void shortAnswer_thatJoinsALongOne_endsFirst() {
        TestProgram slow = program(12, 20, 21, 22, 23, 24);
        TestProgram quick = program(2, 30, 31);
        try (Decoding decoding = model.decoding(1)) {
            decoding.join(1, plan(slow));
            decoding.step();
            decoding.join(2, plan(quick));
            assertThat(decoding.rows()).isEqualTo(2);
            Map<Long, Decoding.End> ends = toEnd(decoding);
            assertThat(ends.keySet()).containsExactly(2L, 1L);
            assertThat(generated(ends.get(1L))).isEqualTo(alone(slow).get(0).generated());
            assertThat(generated(ends.get(2L))).isEqualTo(alone(quick).get(0).generated());
            assertThat(ends.get(1L).attempts()).isEqualTo(1);
        }
    }

    @Test
    void trace_thatLeaves_isNotHeardOfAndLeavesOthersAlone() {
        TestProgram stays = program(6, 20, 21, 22);
        try (Decoding decoding = model.decoding(1)) {
            decoding.join(1, plan(program(9, 40, 41, 42, 43, 44, 45)));
            decoding.join(2, plan(stays));
            decoding.step();
            decoding.leave(1);
            decoding.leave(99);
            Map<Long, Decoding.End> ends = toEnd(decoding);
            assertThat(ends.keySet()).containsExactly(2L);
            assertThat(generated(ends.get(2L))).isEqualTo(alone(stays).get(0).generated());
        }
    }

    @Test
    void replayedTokens_areGeneratedAgainAndWhatFollowsIsDrawnAsBefore() {
        TestProgram hot =
                program(8, 20, 21, 22)
                        .with(
                                "generate",
                                "{'max_new_tokens': 8, 'eos_token_ids': [], 'temperature': 2, 'seed': 5}");
        int[] first = alone(hot).get(0).generated();
        int[] changed = java.util.Arrays.copyOf(first, 3);
        changed[1] = first[1] == 50 ? 51 : 50;
        try (Decoding decoding = model.decoding(1)) {
            decoding.join(1, plan(hot).replaying(List.of(java.util.Arrays.copyOf(first, 3))));
            decoding.join(2, plan(hot).replaying(List.of(changed)));
            Map<Long, Decoding.End> ends = toEnd(decoding);
            assertThat(generated(ends.get(1L))).isEqualTo(first);
            assertThat(generated(ends.get(2L))).startsWith(changed).hasSize(8);
        }
    }

    @Test
    void poison_amongOthers_endsAloneAndTheOthersGoOn() {
        List<TestProgram> programs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            programs.add(program(4 + i, 20 + i, 30, i % 2 == 0 ? 31 : 32, 33 + i));
        }
        TestProgram poison = program(4, 20, 30, 31, POISON);
        Decodings failing = new Decodings(new Failing(model.passes()), model.info(), t -> "");
        try (Decoding decoding = failing.open(3)) {
            for (int i = 0; i < 5; i++) {
                decoding.join(i, plan(programs.get(i)));
            }
            decoding.step();
            decoding.join(9, plan(poison));
            decoding.join(10, plan(program(3, 40, 41)));
            Map<Long, Decoding.End> ends = toEnd(decoding);
            assertThat(ends).hasSize(7);
            TraceOutcome.Failed dead = (TraceOutcome.Failed) ends.get(9L).outcome();
            assertThat(dead.code()).isEqualTo(ErrorCode.INFERENCE_FAILED);
            assertThat(dead.message())
                    .isEqualTo("inference failed in each of 3 attempts, last: poison");
            for (int i = 0; i < 5; i++) {
                assertThat(generated(ends.get((long) i)))
                        .isEqualTo(alone(programs.get(i)).get(0).generated());
            }
        }
    }

    @Test
    void poison_thatShowsLater_endsAloneAndTheOthersGoOnTogether() {
        TestProgram healthy = program(9, 20, 21, 22, 23);
        TestProgram other = program(8, 25, 26);
        TestProgram sick = program(9, 24, 25, 26, 27);
        Failing failing = new Failing(model.passes());
        try (Decoding decoding = new Decodings(failing, model.info(), t -> "").open(2)) {
            decoding.join(1, plan(healthy));
            decoding.join(2, plan(sick).replaying(List.of(new int[] {5, 6, POISON, 7})));
            decoding.join(3, plan(other));
            Map<Long, Decoding.End> ends = toEnd(decoding);
            assertThat(ends.get(2L).outcome()).isInstanceOf(TraceOutcome.Failed.class);
            assertThat(ends.get(2L).attempts()).isGreaterThanOrEqualTo(2);
            assertThat(generated(ends.get(1L))).isEqualTo(alone(healthy).get(0).generated());
            assertThat(generated(ends.get(3L))).isEqualTo(alone(other).get(0).generated());
            assertThat(failing.batches.subList(failing.batches.size() - 3, failing.batches.size()))
                    .containsExactly(2, 2, 1);
        }
    }

    @Test
    void traces_withNothingToJoin_areNoPartOfDecodings() {
        assertThat(model.decodes(plan(program(2, 20)))).isTrue();
        assertThat(model.decodes(plan(program(1, 20)))).isFalse();
        assertThat(model.decodes(plan(TestProgram.of(new int[] {20})))).isFalse();
        assertThat(engine.model("ticketlm/variants/nocache.onnx").decodes(plan(program(2, 20))))
                .isFalse();
    }

    @Test
    void modelThatCountsPositionsByItsKeys_goesOnInPassesOfEqualLength() throws Exception {
        Map<String, List<Integer>> batches = new HashMap<>();
        for (String file : List.of(TICKETLM, "architectures/llama-genai/model.onnx")) {
            ModelRuntime other = engine.model(file);
            Failing counting = new Failing(other.passes());
            try (Decoding decoding = new Decodings(counting, other.info(), t -> "").open(1)) {
                counting.batches.clear();
                decoding.join(1, engine.plan(file, program(3, 20, 21, 22).json()));
                decoding.join(2, engine.plan(file, program(3, 20, 21).json()));
                toEnd(decoding);
            }
            batches.put(file, counting.batches);
        }
        assertThat(batches.get(TICKETLM)).containsExactly(1, 1, 2, 2);
        assertThat(batches.get("architectures/llama-genai/model.onnx"))
                .containsExactly(1, 1, 1, 1, 1, 1);
    }

    @Test
    void ticket_thatIsThere_canNotJoinAgain() {
        try (Decoding decoding = model.decoding(1)) {
            decoding.join(1, plan(program(2, 20)));
            assertThatThrownBy(() -> decoding.join(1, plan(program(2, 20))))
                    .hasMessageContaining("ticket 1");
        }
    }

    /** A real engine that fails passes in which a certain token is fed. */
    private static final class Failing implements PassEngine {
        private final PassEngine real;
        private final List<Integer> batches = new ArrayList<>();

        Failing(PassEngine real) {
            this.real = real;
        }

        @Override
        public PassResult run(PassRequest request) {
            throw new UnsupportedOperationException("steps name their cuts");
        }

        @Override
        public PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException {
            for (HostTensor feed : request.feeds()) {
                if (feed.name().equals("input_ids") && has(feed.data().asLongBuffer())) {
                    throw new RuntimeInferenceException("poison", new Exception(), false);
                }
            }
            batches.add(request.batch());
            return real.run(request, cuts);
        }

        private static boolean has(LongBuffer tokens) {
            for (int at = 0; at < tokens.limit(); at++) {
                if (tokens.get(at) == POISON) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
            return real.gather(rows);
        }
    }
}
