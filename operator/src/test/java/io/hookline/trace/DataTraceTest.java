/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.program.CachePolicy;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Invocation;
import io.hookline.program.ProgramReader;
import io.hookline.program.TestFunctions;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Traces that are data, and what code computes in their place. */
class DataTraceTest {
    private static String ids(int[] tokens) {
        return Arrays.stream(tokens)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static byte[] steering(TestedModel m) {
        return """
                {"invocations": [{"tokens": %s,
                   "interventions": [{"at": "%s.output", "op": "add", "vector": 0.5, "steps": "all"}],
                   "cache": [{"name": "mine", "modules": ["%s", "%s"]}]}],
                 "generate": {"max_new_tokens": 3, "eos_token_ids": []}}
                """
                .formatted(ids(P), m.block(1), m.block(1), m.block(2))
                .getBytes(UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    @Case("134")
    void program_restoredAndRun_isWhatCodeComputes(TestedModel m) {
        Tracer restored = m.model().restore(steering(m));
        TraceResult data = restored.compile().execute();
        CacheDict[] cache = new CacheDict[1];
        TraceResult code =
                m.model()
                        .generate(
                                IterationTest.endless(3),
                                tracer ->
                                        tracer.invoke(
                                                P,
                                                t -> {
                                                    cache[0] = t.cache();
                                                    for (int unused : t.all()) {
                                                        Envoy block = t.module(m.block(1));
                                                        block.output(block.output().plus(0.5));
                                                    }
                                                }));

        assertThat(restored.isData()).isTrue();
        assertThat(data.cuts()).isZero();
        assertThat(data.generated(0)).isEqualTo(code.generated(0));
        CacheDict recorded = data.cache(0, "mine");
        assertThat(recorded.keys()).containsExactly(m.block(1), m.block(2));
        for (int step = 0; step < 3; step++) {
            assertClose(
                    recorded.get(m.block(2)).visit(step).output(),
                    cache[0].get(m.block(2)).visit(step).output().row(0),
                    1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void program_thatCallsAFunction_runsWhereTheModelAllowsIt(TestedModel m) {
        String program =
                """
                {"invocations": [{"tokens": %s}], "cache": [{"name": "mine", "modules": ["%s"]}],
                 "interventions": [{"at": "%s.output", "op": "%s"}]}
                """;
        String call = "call\", \"function\": \"times\", \"args\": {\"by\": 2}, \"name\": \"n";
        String scale = "scale\", \"by\": 2, \"name\": \"n";
        LanguageModel model = m.model().rename(Map.of());
        byte[] calling = program.formatted(ids(P), m.block(2), m.block(1), call).getBytes(UTF_8);

        assertThatThrownBy(() -> model.restore(calling).compile())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no function 'times' is allowed here");
        model.allow(InterventionFunctions.of(new TestFunctions.Times()));

        assertSame(
                model.restore(calling)
                        .compile()
                        .execute()
                        .cache(0, "mine")
                        .get(m.block(2))
                        .output(),
                model.restore(
                                program.formatted(ids(P), m.block(2), m.block(1), scale)
                                        .getBytes(UTF_8))
                        .compile()
                        .execute()
                        .cache(0, "mine")
                        .get(m.block(2))
                        .output());
    }

    @ParameterizedTest
    @EnumSource
    void program_writtenAndRestored_isTheSame(TestedModel m) {
        Tracer tracer = m.model().restore(steering(m));
        Tracer again = m.model().restore(tracer.toJson());

        assertThat(again.toJson()).isEqualTo(tracer.toJson());
        assertThat(again.fn().name()).isEqualTo("generate");
        assertSame(
                again.compile().execute().cache(0, "mine").get(m.block(2)).visit(2).output(),
                tracer.compile().execute().cache(0, "mine").get(m.block(2)).visit(2).output());
    }

    @ParameterizedTest
    @EnumSource
    void code_writtenDown_saysWhyNot(TestedModel m) {
        Tracer tracer = m.model().captureTrace(definition -> definition.invoke(P, t -> {}));

        assertThat(tracer.isData()).isFalse();
        assertThatThrownBy(tracer::toJson)
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_PROGRAM))
                .hasMessageContaining("invocation 0 holds Java code, 'io.hookline.trace.DataTrace");
    }

    @ParameterizedTest
    @EnumSource
    void codeAndData_inOneTrace_areRefused(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(
                                                            m.model()
                                                                    .restore(steering(m))
                                                                    .program()
                                                                    .invocations()
                                                                    .get(0));
                                                    tracer.invoke(P, t -> {});
                                                }))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("invocation 1 holds Java code");
    }

    @ParameterizedTest
    @EnumSource
    void dataOfAModelWithStoredEdits_isRefusedByName(TestedModel m) {
        LanguageModel edited = m.model().edit(t -> t.module(m.block(1)).output(Tensor.scalar(0)));
        Tracer restored = edited.restore(steering(m));

        assertThat(restored.isData()).isFalse();
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(restored::compile, restored::toJson)) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            TraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_PROGRAM))
                    .hasMessageContaining("stored edit 0 holds Java code, 'io.hookline.trace.Data");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("133")
    void program_scanned_hasTheShapesThatItRecords(TestedModel m) throws Exception {
        byte[] json =
                """
                {"invocations": [{"tokens": %s, "interventions": [
                   {"at": "%s.output", "op": "skip", "with": "input"}],
                   "cache": [
                   {"name": "all", "include_inputs": true, "include_attention": true, "dtype": "float16"},
                   {"name": "last", "modules": ["%s"], "tokens": [-1, 0], "units": [1, 2, 3]},
                   {"name": "mean", "modules": ["%s"], "reduce": "mean"},
                   {"name": "norm", "modules": ["%s"], "reduce": "norm", "stage": "both"},
                   {"name": "lens", "modules": ["%s"], "reduce": {"lens": 4}}]}]}
                """
                        .formatted(
                                ids(P), m.block(1), m.block(2), m.block(2), m.block(2), m.block(2))
                        .getBytes(UTF_8);
        List<Invocation> invocations = ProgramReader.read(json).invocations();
        Tracer.Definition definition = tracer -> invocations.forEach(tracer::invoke);
        TraceResult ran = m.model().trace(definition);
        try (LanguageModel described = LanguageModel.describe(m.path())) {
            TraceResult scanned = described.scan(definition);
            for (String policy : List.of("all", "last", "mean", "norm", "lens")) {
                assertSameShapes(scanned.cache(0, policy), ran.cache(0, policy));
            }
            assertSameShapes(
                    scanned.cache(0, "norm", CachePolicy.Stage.PRE),
                    ran.cache(0, "norm", CachePolicy.Stage.PRE));
        }
        assertThat(ran.cache(0, "lens").get(m.block(2)).entry().outputs())
                .extracting(Tensor::dtype)
                .containsExactly(ElementType.FLOAT32, ElementType.INT64);
        assertThat(ran.cache(0, "all").keys()).doesNotContain(m.mlp(1));
        assertThatThrownBy(() -> ran.cache(0, "mean", CachePolicy.Stage.PRE))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("recorded nothing under policy 'mean'");
    }

    private static void assertSameShapes(CacheDict scanned, CacheDict ran) {
        assertThat(scanned.keys()).containsExactlyInAnyOrderElementsOf(ran.keys()).isNotEmpty();
        for (String key : ran.keys()) {
            Entry real = ran.get(key).entry();
            Entry shape = scanned.get(key).entry();
            assertThat(shape.outputs()).hasSameSizeAs(real.outputs());
            for (int i = 0; i < real.outputs().size(); i++) {
                assertSameShape(shape.outputs().get(i), real.outputs().get(i));
            }
            assertSameShape(shape.input(), real.input());
            assertSameShape(shape.attention(), real.attention());
        }
    }

    private static void assertSameShape(Tensor shape, Tensor real) {
        assertThat(shape == null).isEqualTo(real == null);
        if (real != null) {
            assertThat(shape.shape()).isEqualTo(real.shape());
            assertThat(shape.dtype()).isEqualTo(real.dtype());
            assertThat(shape.isFilled()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void lensAndStages_recordedAsData_areAllThere(TestedModel m) throws Exception {
        byte[] json =
                """
                {"invocations": [{"tokens": %s}],
                 "interventions": [{"at": "%s.output", "op": "scale", "by": 2}],
                 "cache": [{"name": "two", "modules": ["%s"], "stage": "both"},
                   {"name": "lens", "modules": ["%s"], "reduce": {"lens": 4}}]}
                """
                        .formatted(ids(P), m.block(1), m.block(1), m.block(1))
                        .getBytes(UTF_8);
        TraceResult result = m.model().restore(json).compile().execute();

        Tensor pre = result.cache(0, "two", CachePolicy.Stage.PRE).get(m.block(1)).output();
        assertSame(pre, m.plain(P, m.block(1)).row(0));
        assertSame(result.cache(0, "two").get(m.block(1)).output(), pre.times(2));
        List<Tensor> lens = result.cache(0, "lens").get(m.block(1)).entry().outputs();
        Tensor logits = m.model().module(m.head).call(m.model().module(m.norm).call(pre.times(2)));
        assertThat(lens.get(1).toInts()).isEqualTo(logits.topk(4).toInts());

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        result.cache(0, "lens").writeTo(bytes);
        CacheDict read = CacheDict.readFrom(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(read.get(m.block(1)).entry().outputs().get(1).toInts())
                .isEqualTo(lens.get(1).toInts());
    }

    @ParameterizedTest
    @EnumSource
    void program_thatIsWrong_isRefusedByCode(TestedModel m) {
        assertThatThrownBy(() -> m.model().restore("{\"invocations\": [{}]}".getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_EVENT));
        Tracer unknown =
                m.model()
                        .restore(
                                "{\"invocations\": [{\"tokens\": [1], \"interventions\": [{\"at\": \"model.x.output\", \"op\": \"zero\"}]}]}"
                                        .getBytes(UTF_8));
        assertThatThrownBy(unknown::compile)
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_MODULE));
    }
}
