/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlReader;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Io;
import io.hookline.program.Problem;
import io.hookline.program.ProgramReader;
import io.hookline.program.SignalDefinition;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Measurement;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.codec.TensorCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals measure, against the same computed from recorded activations. */
class SignalsTest {
    private static final TestEngine ENGINE = new TestEngine();
    private static final String BLOCK = "model.model.layers.2";
    private static final int[][] PROMPTS = {{0, 5, 9, 300, 17}, {0, 42}, {0, 7, 7, 7, 88, 3, 12}};

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static JsonNode json(String text) {
        return TestProgram.json(text);
    }

    private static SignalRequest request(String name, JsonNode body) throws Exception {
        ObjectNode event =
                TestProgram.JSON.createObjectNode().put("put", "probe").put("name", name);
        event.set("body", body);
        ControlEntry.Probe probe = (ControlEntry.Probe) ControlReader.read(event);
        return new SignalRequest(probe.definition(), Optional.of(3L));
    }

    private static List<SignalRequest> requests(Map<String, JsonNode> bodies) throws Exception {
        List<SignalRequest> requests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each : bodies.entrySet()) {
            requests.add(request(each.getKey(), each.getValue()));
        }
        return requests;
    }

    private static ArrayNode vector(Random random, int width) {
        ArrayNode vector = TestProgram.JSON.createArrayNode();
        for (int unit = 0; unit < width; unit++) {
            vector.add((float) (random.nextGaussian() / Math.sqrt(width)));
        }
        return vector;
    }

    /** One definition of every kind there is, at that hook point. */
    private static Map<String, JsonNode> everyKind(String at, int width, String more) {
        Random random = new Random(11);
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        for (String kind :
                List.of("norm", "max_abs", "mean", "non_finite", "change_norm", "change_cosine")) {
            bodies.put(kind, body(at, kind, more));
        }
        bodies.put("top", body(at, "top_units", more).put("k", 3));
        bodies.put("top one", body(at, "top_units", more).put("k", 1));
        bodies.put("cosine", body(at, "cosine", more).set("vector", vector(random, width)));
        ObjectNode probe = body(at, "probe", more).put("bias", 0.25).put("activation", "logistic");
        bodies.put("probe", probe.set("weights", vector(random, width)));
        bodies.put("linear", body(at, "probe", more).set("weights", vector(random, width)));
        ObjectNode near = body(at, "distance", more).put("variance", 0.5);
        bodies.put("near", near.set("mean", vector(random, width)));
        ObjectNode low = body(at, "distance", more);
        low.set("mean", vector(random, width));
        ArrayNode variance = low.putArray("variance");
        for (int unit = 0; unit < width; unit++) {
            variance.add(0.01 + random.nextDouble());
        }
        for (int rank = 0; rank < 5; rank++) {
            low.withArray("factors").add(vector(random, width));
        }
        bodies.put("low rank", low);
        return bodies;
    }

    private static ObjectNode body(String at, String kind, String more) {
        ObjectNode body = (ObjectNode) json("{" + more + "}");
        return body.put("at", at).put("kind", kind);
    }

    private static List<List<RowOutcome>> run(
            String model, List<TestProgram> programs, List<List<SignalRequest>> signals)
            throws Exception {
        ModelRuntime runtime = ENGINE.model(model);
        List<PlannedTrace> traces = new ArrayList<>();
        for (int i = 0; i < programs.size(); i++) {
            byte[] document = TestProgram.JSON.writeValueAsBytes(programs.get(i).json());
            traces.add(
                    runtime.plan(
                            ProgramReader.draft(document),
                            InterventionFunctions.NONE,
                            signals.get(i)));
        }
        return runtime.run(traces).stream()
                .map(outcome -> ((TraceOutcome.Completed) outcome).rows())
                .toList();
    }

    private static List<RowOutcome> run(TestProgram program, List<SignalRequest> signals)
            throws Exception {
        return run(TestEngine.TICKETLM, List.of(program), List.of(signals)).get(0);
    }

    /** The recorded activation at a position. */
    private static double[] recorded(RowOutcome row, Measurement measured, String stage) {
        HookPoint point = measured.signal().site().point();
        Capture capture =
                row.captures().stream()
                        .filter(each -> each.point().equals(point))
                        .filter(each -> each.stage().equals(stage))
                        .filter(each -> each.step() == measured.place().step())
                        .findFirst()
                        .orElseThrow();
        float[] values = TensorCodec.decode(capture.data(), capture.dtype());
        int width = values.length / capture.tokens().length;
        int from = measured.place().firstToken() * width;
        return SignalReference.doubles(Arrays.copyOfRange(values, from, from + width));
    }

    private static void assertSame(RowOutcome row, Measurement measured, JsonNode body) {
        double[] before = recorded(row, measured, "pre");
        double[] h = recorded(row, measured, measured.signal().stage());
        double expected = SignalReference.value(body, h, before);
        assertThat(measured.value())
                .as("%s at %s", body.get("kind"), measured.place())
                .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
        double[] sorted = SignalReference.sorted(h);
        for (int rank = 0; rank < measured.units().length; rank++) {
            assertThat(h[measured.units()[rank]]).isEqualTo(measured.unitValues()[rank]);
            assertThat(measured.unitValues()[rank]).isEqualTo(sorted[rank]);
        }
    }

    @Test
    void everyKind_beforeAndAfterEdits_isWhatTheRecordedActivationGives() throws Exception {
        Map<String, JsonNode> bodies =
                everyKind(BLOCK + ".output", 128, "'tokens': 'all', 'stage': 'both'");
        TestProgram program =
                TestProgram.of(PROMPTS)
                        .edit("{'at': '" + BLOCK + ".output', 'op': 'scale', 'by': 1.5}")
                        .edit(
                                "{'at': '"
                                        + BLOCK
                                        + ".output', 'op': 'add', 'vector': 0.3, 'tokens': 'last'}")
                        .cache("{'modules': ['" + BLOCK + "'], 'stage': 'both'}");

        List<RowOutcome> rows = run(program, requests(bodies));

        int twice = bodies.size() - 2;
        for (int i = 0; i < rows.size(); i++) {
            RowOutcome row = rows.get(i);
            assertThat(row.signals()).hasSize(PROMPTS[i].length * (2 * twice + 2));
            for (Measurement measured : row.signals()) {
                assertSame(row, measured, bodies.get(measured.signal().definition().name()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TestEngine.GPT2, TestEngine.MINILM})
    void otherModels_giveTheSameSignals(String model) throws Exception {
        List<Site> blocks = ENGINE.model(model).info().tree().blocks();
        Site block = blocks.get(blocks.size() / 2);
        Map<String, JsonNode> bodies = everyKind(block.point().toString(), block.width(), "");
        TestProgram program =
                TestProgram.of(new int[] {3, 4, 5}, new int[] {3, 6})
                        .edit("{'at': '" + block.point() + "', 'op': 'add', 'vector': 0.5}")
                        .cache("{'modules': ['" + block.point().module() + "'], 'stage': 'both'}");

        List<RowOutcome> rows = run(model, List.of(program), List.of(requests(bodies))).get(0);

        for (RowOutcome row : rows) {
            assertThat(row.signals()).hasSize(bodies.size());
            row.signals()
                    .forEach(
                            each ->
                                    assertSame(
                                            row,
                                            each,
                                            bodies.get(each.signal().definition().name())));
        }
    }

    @Test
    void signals_leaveEveryOtherBitAsItIs() throws Exception {
        TestProgram program =
                TestProgram.of(PROMPTS)
                        .edit("{'at': '" + BLOCK + ".output', 'op': 'scale', 'by': 1.5}")
                        .cache(TestProgram.EVERYTHING)
                        .with("logits", "'all'")
                        .with("generate", "{'max_new_tokens': 4}");
        Map<String, JsonNode> everywhere = new LinkedHashMap<>();
        everywhere.put("n", body("**.output", "norm", "'tokens': 'all', 'steps': 'all'"));
        everywhere.put("i", body("**.input", "non_finite", "'pool': 'mean', 'steps': 'all'"));
        everywhere.putAll(everyKind(BLOCK + ".output", 128, "'steps': 'all'"));

        List<RowOutcome> plain = run(program, List.of());
        List<RowOutcome> measured = run(program, requests(everywhere));

        for (int i = 0; i < plain.size(); i++) {
            assertThat(measured.get(i).signals()).hasSizeGreaterThan(100);
            assertThat(measured.get(i).generated()).isEqualTo(plain.get(i).generated());
            assertThat(measured.get(i).logits()).isDeepEqualTo(plain.get(i).logits());
            List<Capture> captures = plain.get(i).captures();
            for (int each = 0; each < captures.size(); each++) {
                assertThat(measured.get(i).captures().get(each).data())
                        .isEqualTo(captures.get(each).data());
            }
        }
    }

    @Test
    void rowsOfOneBatch_eachMeasureTheirOwn_asTheyDoAlone() throws Exception {
        List<TestProgram> programs = new ArrayList<>();
        List<List<SignalRequest>> signals = new ArrayList<>();
        for (int row = 0; row < 5; row++) {
            Random random = new Random(row);
            programs.add(TestProgram.of(PROMPTS[row % PROMPTS.length]));
            ObjectNode probe = body("model.model.layers." + row + ".output", "probe", "");
            ObjectNode far = body(BLOCK + ".output", "distance", "'variance': 2");
            signals.add(
                    row == 4
                            ? List.of()
                            : List.of(
                                    request("p" + row, probe.set("weights", vector(random, 128))),
                                    request("d" + row, far.set("mean", vector(random, 128)))));
        }

        List<List<RowOutcome>> together = run(TestEngine.TICKETLM, programs, signals);

        for (int row = 0; row < 5; row++) {
            List<Measurement> alone = run(programs.get(row), signals.get(row)).get(0).signals();
            assertThat(summary(together.get(row).get(0).signals())).isEqualTo(summary(alone));
            assertThat(alone).hasSize(signals.get(row).size());
        }
    }

    private static List<String> summary(List<Measurement> signals) {
        return signals.stream()
                .map(
                        each ->
                                "%s %s %s %s"
                                        .formatted(
                                                each.signal().definition().name(),
                                                each.signal().site().point(),
                                                each.place(),
                                                each.value()))
                .toList();
    }

    @Test
    void severalPositions_areOneSignalEach_theirMean_orTheirLargest() throws Exception {
        ArrayNode weights = vector(new Random(1), 128);
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        for (String pool : List.of("none", "mean", "max")) {
            ObjectNode body =
                    body(BLOCK + ".output", "probe", "'tokens': '1:', 'pool': '" + pool + "'");
            bodies.put(pool, body.set("weights", weights));
        }

        List<RowOutcome> rows = run(TestProgram.of(PROMPTS), requests(bodies));

        for (int i = 0; i < rows.size(); i++) {
            int last = PROMPTS[i].length - 1;
            Map<String, List<Measurement>> byPool = byName(rows.get(i));
            double[] each = byPool.get("none").stream().mapToDouble(Measurement::value).toArray();
            assertThat(each).hasSize(last);
            assertThat(byPool.get("mean"))
                    .singleElement()
                    .satisfies(
                            mean -> {
                                assertThat(mean.place())
                                        .isEqualTo(new Measurement.Place(0, 1, last));
                                assertThat(mean.value())
                                        .isCloseTo(
                                                Arrays.stream(each).average().orElseThrow(),
                                                within(1e-5));
                            });
            assertThat(byPool.get("max"))
                    .singleElement()
                    .satisfies(
                            max ->
                                    assertThat(max.value())
                                            .isEqualTo(Arrays.stream(each).max().orElseThrow()));
        }
    }

    private static Map<String, List<Measurement>> byName(RowOutcome row) {
        Map<String, List<Measurement>> byName = new LinkedHashMap<>();
        row.signals()
                .forEach(
                        each ->
                                byName.computeIfAbsent(
                                                each.signal().definition().name(),
                                                name -> new ArrayList<>())
                                        .add(each));
        return byName;
    }

    @Test
    void signalsOfEverySteps_comeStepByStep_andWhereEditsAct() throws Exception {
        TestProgram program =
                TestProgram.of(PROMPTS[0])
                        .edit(
                                "{'at': '"
                                        + BLOCK
                                        + ".output', 'op': 'scale', 'by': 2, 'steps': [1]}")
                        .cache("{'modules': ['" + BLOCK + "'], 'stage': 'both'}")
                        .with("generate", "{'max_new_tokens': 3, 'eos_token_ids': []}");
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        bodies.put("norm", body(BLOCK + ".output", "norm", "'steps': 'all'"));
        bodies.put("change", body(BLOCK + ".output", "change_norm", "'steps': 'all'"));

        RowOutcome row = run(program, requests(bodies)).get(0);

        Map<String, List<Measurement>> byName = byName(row);
        assertThat(byName.get("norm"))
                .extracting(each -> each.place().step())
                .containsExactly(0, 1, 2);
        assertThat(byName.get("change")).extracting(each -> each.place().step()).containsExactly(1);
        row.signals()
                .forEach(
                        each ->
                                assertSame(
                                        row, each, bodies.get(each.signal().definition().name())));
    }

    @Test
    void skippedAndStopped_areNotMeasured() throws Exception {
        TestProgram program =
                TestProgram.of(PROMPTS[0], PROMPTS[1])
                        .edit(
                                0,
                                "{'at': 'model.model.layers.1.output', 'op': 'skip', 'with': 'input'}")
                        .with("stop", "{'module': 'model.model.layers.3', 'io': 'output'}");
        SignalRequest norms = request("n", body("model.model.layers.*.mlp.output", "norm", ""));

        List<RowOutcome> rows = run(program, List.of(norms));

        assertThat(modules(rows.get(0))).containsExactly("0.mlp", "2.mlp", "3.mlp");
        assertThat(modules(rows.get(1))).containsExactly("0.mlp", "1.mlp", "2.mlp", "3.mlp");
    }

    private static List<String> modules(RowOutcome row) {
        return row.signals().stream()
                .map(each -> each.signal().site().point().module())
                .map(path -> path.substring("model.model.layers.".length()))
                .toList();
    }

    @Test
    void notANumber_isCountedAndSeenInTheNorm() throws Exception {
        String broken =
                "{'at': '" + BLOCK + ".output', 'op': 'scale', 'by': 3e38, 'tokens': 'last'}";
        TestProgram program =
                TestProgram.of(PROMPTS[0])
                        .edit(broken)
                        .edit(broken)
                        .cache("{'modules': ['" + BLOCK + "']}");
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        for (String kind : List.of("non_finite", "norm", "max_abs")) {
            bodies.put(kind, body(BLOCK + ".output", kind, "'tokens': [0, -1]"));
        }

        Map<String, List<Measurement>> byName = byName(run(program, requests(bodies)).get(0));

        assertThat(byName.get("non_finite"))
                .extracting(Measurement::value)
                .containsExactly(0.0, 128.0);
        assertThat(byName.get("norm").get(1).value()).isInfinite();
        assertThat(byName.get("max_abs").get(1).value()).isInfinite();
    }

    @Test
    void blocks_areMeasuredWithoutBeingNamed() throws Exception {
        SignalDefinition norm = request("norm", body("x.output", "norm", "")).definition();
        SignalRequest blocks =
                new SignalRequest(
                        new SignalDefinition(
                                "norm",
                                norm.measure(),
                                new SignalDefinition.Blocks(),
                                norm.selection()),
                        Optional.empty());

        List<RowOutcome> rows = run(TestProgram.of(PROMPTS[0]), List.of(blocks));

        assertThat(rows.get(0).signals())
                .extracting(each -> each.signal().site().point().toString())
                .containsExactly(
                        "model.model.layers.0.output",
                        "model.model.layers.1.output",
                        "model.model.layers.2.output",
                        "model.model.layers.3.output",
                        "model.model.layers.4.output",
                        "model.model.layers.5.output");
    }

    @Test
    void whatDoesNotFit_isNamed_andMeasuresNothing() throws Exception {
        ModelRuntime model = ENGINE.model(TestEngine.TICKETLM);
        SignalRequest unknown = request("u", body("model.model.layers.9.output", "norm", ""));
        SignalRequest narrow =
                request("w", body(BLOCK + ".output", "probe", "'weights': [1, 2, 3]"));
        SignalRequest attention =
                request("a", body("model.model.layers.0.self_attn.attention", "norm", ""));
        SignalRequest many = request("k", body(BLOCK + ".output", "top_units", "'k': 200"));

        assertThat(model.problems(unknown.definition()))
                .containsExactly(
                        new Problem(
                                ErrorCode.UNKNOWN_MODULE,
                                "/body/at",
                                "no module 'model.model.layers.9' in model 'ticketlm', did you mean 'model.model.layers.0'?"));
        assertThat(model.problems(narrow.definition()))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.SHAPE_MISMATCH);
        assertThat(model.problems(attention.definition()))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.UNSUPPORTED_PROGRAM);
        assertThat(model.problems(many.definition()))
                .extracting(Problem::pointer)
                .containsExactly("/body/k");
        List<RowOutcome> rows =
                run(TestProgram.of(PROMPTS[0]), List.of(unknown, narrow, attention, many));
        assertThat(rows.get(0).signals()).isEmpty();
    }

    @Test
    void stage_isTheHookPointsOwn() throws Exception {
        SignalRequest input = request("i", body("model.model.layers.2.mlp.input", "norm", ""));

        List<RowOutcome> rows = run(TestProgram.of(PROMPTS[0]), List.of(input));

        assertThat(rows.get(0).signals())
                .singleElement()
                .satisfies(
                        each -> {
                            assertThat(each.signal().site().point())
                                    .isEqualTo(HookPoint.of(BLOCK + ".mlp", Io.INPUT));
                            assertThat(each.place()).isEqualTo(new Measurement.Place(0, 4, 4));
                        });
    }
}
