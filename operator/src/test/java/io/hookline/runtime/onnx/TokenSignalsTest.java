/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlReader;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.Decodings;
import io.hookline.runtime.Measurement;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What edits do to the next token, against the distributions of two runs. */
class TokenSignalsTest {
    private static final TestEngine ENGINE = new TestEngine();
    private static final int[] PROMPT = {0, 5, 9, 300, 17};
    private static final String STEER =
            "{'at': 'model.model.layers.3.output', 'op': 'scale', 'by': -1, 'steps': 'all'}";

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static SignalRequest request(String name, String body) {
        try {
            ObjectNode event =
                    TestProgram.JSON.createObjectNode().put("put", "probe").put("name", name);
            event.set("body", TestProgram.json(body));
            ControlEntry.Probe probe = (ControlEntry.Probe) ControlReader.read(event);
            return new SignalRequest(probe.definition(), Optional.of(3L));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static final SignalRequest KL =
            request("kl", "{'kind': 'change_tokens', 'steps': 'all'}");
    private static final SignalRequest VARIATION =
            request(
                    "tv",
                    "{'kind': 'change_tokens', 'distance': 'total_variation', 'steps': 'all'}");

    private static PlannedTrace plan(TestProgram program, List<SignalRequest> signals) {
        try {
            return ENGINE.model(TestEngine.TICKETLM)
                    .plan(
                            ProgramReader.draft(TestProgram.JSON.writeValueAsBytes(program.json())),
                            InterventionFunctions.NONE,
                            signals);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<RowOutcome> run(TestProgram program, SignalRequest... signals)
            throws RuntimeInferenceException {
        List<TraceOutcome> outcomes =
                ENGINE.model(TestEngine.TICKETLM).run(List.of(plan(program, List.of(signals))));
        return ((TraceOutcome.Completed) outcomes.get(0)).rows();
    }

    private static TestProgram generating(int tokens) {
        return TestProgram.of(PROMPT)
                .with("generate", "{'max_new_tokens': %d, 'eos_token_ids': []}".formatted(tokens));
    }

    private static int[] joined(int[] prompt, int[] generated, int tokens) {
        return IntStream.concat(Arrays.stream(prompt), Arrays.stream(generated).limit(tokens))
                .toArray();
    }

    private static double[] softmax(float[] logits) {
        double sum = 0;
        double[] chances = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            chances[i] = Math.exp(logits[i]);
            sum += chances[i];
        }
        for (int i = 0; i < logits.length; i++) {
            chances[i] /= sum;
        }
        return chances;
    }

    private static double kl(float[] edited, float[] plain) {
        double[] p = softmax(edited);
        double[] q = softmax(plain);
        return IntStream.range(0, p.length).mapToDouble(i -> p[i] * Math.log(p[i] / q[i])).sum();
    }

    private static double variation(float[] edited, float[] plain) {
        double[] p = softmax(edited);
        double[] q = softmax(plain);
        return IntStream.range(0, p.length).mapToDouble(i -> Math.abs(p[i] - q[i])).sum() / 2;
    }

    private static List<Measurement> named(RowOutcome row, String name) {
        return row.signals().stream()
                .filter(each -> each.signal().definition().name().equals(name))
                .toList();
    }

    /** Compares with whole passes over the same text, which nobody edits. */
    private static void assertMeasured(RowOutcome row, int[] prompt, int from)
            throws RuntimeInferenceException {
        List<Measurement> kl = named(row, "kl");
        List<Measurement> variation = named(row, "tv");
        assertThat(kl).hasSize(row.logits().length - from).hasSameSizeAs(variation);
        for (int i = 0; i < kl.size(); i++) {
            int step = from + i;
            float[] edited = row.logits()[step];
            float[] plain =
                    run(TestProgram.of(joined(prompt, row.generated(), step))).get(0).logits()[0];
            int last = step == 0 ? prompt.length - 1 : 0;
            assertThat(kl.get(i).place()).isEqualTo(new Measurement.Place(step, last, last));
            assertThat(kl.get(i).signal().site().point()).hasToString("model.output");
            assertThat(kl.get(i).value()).isCloseTo(kl(edited, plain), within(1e-4));
            assertThat(variation.get(i).value()).isCloseTo(variation(edited, plain), within(1e-5));
        }
    }

    @Test
    void steeredRow_isComparedStepByStep_withTheSameTextLeftAlone() throws Exception {
        RowOutcome row = run(generating(4).edit(STEER), KL, VARIATION).get(0);

        assertMeasured(row, PROMPT, 0);
        assertThat(row.generated()).isNotEqualTo(run(generating(4)).get(0).generated());
        assertThat(named(row, "kl")).allMatch(each -> each.value() > 0.05);
        assertThat(named(row, "tv")).allMatch(each -> each.value() > 0.05 && each.value() <= 1);
    }

    @Test
    void edit_thatActsLater_isComparedFromThereOn() throws Exception {
        String later = STEER.replace("'all'", "[1]");

        RowOutcome row = run(generating(4).edit(later), KL, VARIATION).get(0);

        assertMeasured(row, PROMPT, 1);
        assertThat(named(row, "kl").get(0).value()).isGreaterThan(0.05);
    }

    @Test
    void rows_thatNobodyEditsOrThatStop_areNotCompared() throws Exception {
        TestProgram program =
                TestProgram.of(PROMPT, new int[] {0, 42, 7}, new int[] {0, 7})
                        .edit(1, STEER)
                        .edit(2, STEER)
                        .edit(2, "{'at': 'model.model.layers.4.output', 'op': 'stop'}");

        List<RowOutcome> rows = run(program, KL, VARIATION);

        assertThat(rows.get(0).signals()).isEmpty();
        assertMeasured(rows.get(1), new int[] {0, 42, 7}, 0);
        assertThat(rows.get(2).signals()).isEmpty();
    }

    @Test
    void patchedAndSkippingRows_areComparedWithThemselvesLeftAlone() throws Exception {
        int[] other = {0, 88, 3, 12, 9};
        TestProgram program =
                TestProgram.of(PROMPT, other)
                        .edit(
                                0,
                                "{'at': 'model.model.layers.1.output', 'op': 'skip', 'with': 'input'}")
                        .edit(
                                1,
                                "{'at': 'model.model.layers.2.output', 'op': 'patch', 'from': {'invocation': 0}}");

        List<RowOutcome> rows = run(program, KL, VARIATION);

        assertMeasured(rows.get(0), PROMPT, 0);
        assertMeasured(rows.get(1), other, 0);
        assertThat(named(rows.get(1), "tv").get(0).value()).isGreaterThan(0.005);
    }

    @Test
    void comparison_leavesTheRowsOwnOutputAsItIs_evenWhereNobodyWantsLogits() throws Exception {
        TestProgram program = generating(4).edit(STEER).cache(TestProgram.EVERYTHING);
        RowOutcome plain = run(program).get(0);
        RowOutcome compared = run(program, KL).get(0);
        RowOutcome quiet =
                run(TestProgram.of(PROMPT).edit(STEER).with("logits", "'none'"), KL).get(0);

        assertThat(compared.generated()).isEqualTo(plain.generated());
        assertThat(compared.logits()).isDeepEqualTo(plain.logits());
        assertThat(compared.captures()).hasSameSizeAs(plain.captures());
        for (int i = 0; i < plain.captures().size(); i++) {
            assertThat(compared.captures().get(i).data()).isEqualTo(plain.captures().get(i).data());
        }
        assertThat(quiet.logits()).isEmpty();
        assertThat(named(quiet, "kl"))
                .singleElement()
                .satisfies(
                        each ->
                                assertThat(each.value())
                                        .isEqualTo(named(compared, "kl").get(0).value()));
    }

    /** Counts passes; those over rows of a poisoned text without edits fail. */
    private static final class Counting implements PassEngine {
        private final PassEngine engine;
        private int passes;
        private boolean refusesPlain;

        private Counting(PassEngine engine) {
            this.engine = engine;
        }

        @Override
        public PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException {
            passes++;
            if (refusesPlain && request.structure().edits().isEmpty()) {
                throw new RuntimeInferenceException("refused", new Exception(), false);
            }
            return engine.run(request, cuts);
        }

        @Override
        public PassResult run(PassRequest request) {
            throw new UnsupportedOperationException("steps name their cuts");
        }

        @Override
        public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
            return engine.gather(rows);
        }
    }

    private static List<Decoding.End> decoded(Counting engine, PlannedTrace... traces) {
        ModelRuntime model = ENGINE.model(TestEngine.TICKETLM);
        List<Decoding.End> ends = new ArrayList<>();
        try (Decoding decoding = new Decodings(engine, model.info(), ids -> "").open(2)) {
            engine.passes = 0;
            for (int i = 0; i < traces.length; i++) {
                decoding.join(i, traces[i]);
            }
            while (decoding.rows() > 0) {
                decoding.step().forEach(each -> each.end().ifPresent(ends::add));
            }
        }
        return ends;
    }

    private static RowOutcome row(Decoding.End end) {
        return ((TraceOutcome.Completed) end.outcome()).rows().get(0);
    }

    @Test
    void decoding_comparesAfterTheRowHasEnded_andOnlyWhatAskedForIt() throws Exception {
        Counting engine = new Counting(ENGINE.model(TestEngine.TICKETLM).passes());
        PlannedTrace asks = plan(generating(3).edit(STEER), List.of(KL, VARIATION));
        PlannedTrace silent = plan(generating(3).edit(STEER), List.of());

        assertMeasured(row(decoded(engine, asks).get(0)), PROMPT, 0);
        assertThat(engine.passes).isEqualTo(6);
        assertThat(row(decoded(engine, silent).get(0)).signals()).isEmpty();
        assertThat(engine.passes).isEqualTo(3);
        SignalRequest first = request("kl", "{'kind': 'change_tokens'}");
        assertThat(decoded(engine, plan(generating(3).edit(STEER), List.of(first)))).hasSize(1);
        assertThat(engine.passes).isEqualTo(4);
    }

    @Test
    void replayedRow_isMeasuredAsBefore() throws Exception {
        Counting engine = new Counting(ENGINE.model(TestEngine.TICKETLM).passes());
        PlannedTrace trace = plan(generating(4).edit(STEER), List.of(KL, VARIATION));
        RowOutcome first = row(decoded(engine, trace).get(0));

        RowOutcome again =
                row(
                        decoded(
                                        engine,
                                        trace.replaying(
                                                List.of(Arrays.copyOf(first.generated(), 2))))
                                .get(0));

        assertThat(again.signals())
                .extracting(Measurement::value)
                .isEqualTo(first.signals().stream().map(Measurement::value).toList());
    }

    @Test
    void comparison_thatCannotRun_endsItsTraceAlone() throws Exception {
        Counting engine = new Counting(ENGINE.model(TestEngine.TICKETLM).passes());
        engine.refusesPlain = true;

        List<Decoding.End> ends =
                decoded(
                        engine,
                        plan(generating(3).edit(STEER), List.of(KL)),
                        plan(generating(5).edit(STEER), List.of()));

        assertThat(((TraceOutcome.Failed) ends.get(0).outcome()).code())
                .isEqualTo(ErrorCode.INFERENCE_FAILED);
        assertThat(row(ends.get(1)).generated())
                .isEqualTo(run(generating(5).edit(STEER)).get(0).generated());
    }

    @Test
    void encoder_hasNoNextToken() {
        assertThat(ENGINE.model(TestEngine.MINILM).problems(KL.definition()))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.code()).isEqualTo(ErrorCode.UNSUPPORTED_MODEL);
                            assertThat(problem.message())
                                    .endsWith("is an encoder and has no next token");
                        });
    }
}
