/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.FunctionCall;
import io.hookline.program.InterventionFunction;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TestFunctions;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** User code in the middle of passes: what it sees, what becomes of it, what it can't harm. */
final class FunctionCallsTest {
    private static final TestEngine ENGINE = new TestEngine();
    private static final String NO_CACHE = "ticketlm/variants/nocache.onnx";
    private static final int[] SHORT = {5, 17, 90};
    private static final int[] LONG = {44, 8, 300, 21, 77};

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    /** Remembers its calls and hands on what it got. */
    private static final class Listening implements InterventionFunction {
        private final List<FunctionCall> calls = new ArrayList<>();

        @Override
        public String name() {
            return "listening";
        }

        @Override
        public Literal apply(FunctionCall call) {
            calls.add(call);
            return call.value();
        }
    }

    private static PlannedTrace plan(
            ModelRuntime model, TestProgram program, InterventionFunction... functions)
            throws Exception {
        return model.plan(ProgramReader.read(program.json()), InterventionFunctions.of(functions));
    }

    private static List<TraceOutcome> run(
            String file, List<TestProgram> programs, InterventionFunction... functions)
            throws Exception {
        List<PlannedTrace> traces = new ArrayList<>();
        for (TestProgram program : programs) {
            traces.add(plan(ENGINE.model(file), program, functions));
        }
        return ENGINE.model(file).run(traces);
    }

    private static List<RowOutcome> rows(TraceOutcome outcome) {
        assertThat(outcome).isInstanceOf(TraceOutcome.Completed.class);
        return ((TraceOutcome.Completed) outcome).rows();
    }

    private static TestProgram everything(int[]... prompts) {
        return TestProgram.of(prompts).cache(TestProgram.EVERYTHING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ticketlm/model.onnx|model.model.layers.1.output|",
                "ticketlm/model.onnx|model.model.layers.1.output|'tokens': [0, -1],",
                "ticketlm/model.onnx|model.model.layers.2.mlp.input|'units': '3:9',",
                "ticketlm/model.onnx|model.model.layers.0.self_attn.attention|'tokens': 'last',",
                "ticketlm/model.onnx|model.lm_head.output|'tokens': 'last',",
                "ticketlm/model.onnx|model.model.layers.*.output|'steps': 'all',",
                "ticketlm/variants/nocache.onnx|model.model.layers.3.output|'steps': 'all',",
                "ticketlm/variants/nocache.onnx|model.model.layers.3.output|'steps': [1],",
                "ticketlm/variants/torchscript.onnx|model.model.layers.3.input|'steps': '1:3',",
                "gpt2-12/model.onnx|model.transformer.h.4.mlp.output|'tokens': 'last', 'steps': 'all',",
            })
    void function_thatDoesWhatAnOperationDoes_givesTheSameBits(
            String file, String at, String selectors) throws Exception {
        String edit = "{'at': '%s', %s 'op': '%s', %s}";
        String where = selectors == null ? "" : selectors;
        TestProgram called =
                everything(SHORT)
                        .with("generate", "{'max_new_tokens': 4, 'eos_token_ids': []}")
                        .edit(
                                edit.formatted(
                                        at,
                                        where,
                                        "call",
                                        "'function': 'times', 'args': {'by': -1.5}"));
        TestProgram declared =
                everything(SHORT)
                        .with("generate", "{'max_new_tokens': 4, 'eos_token_ids': []}")
                        .edit(edit.formatted(at, where, "scale", "'by': -1.5"));
        TestProgram plain =
                everything(SHORT).with("generate", "{'max_new_tokens': 4, 'eos_token_ids': []}");
        RowOutcome got = rows(run(file, List.of(called), new TestFunctions.Times()).get(0)).get(0);
        Bits.assertSame(got, ENGINE.run(file, declared).get(0));
        assertThat(Arrays.deepEquals(got.logits(), ENGINE.run(file, plain).get(0).logits()))
                .isFalse();
    }

    @Test
    void function_betweenOtherEditsOfItsHookPoint_seesThoseBeforeIt() throws Exception {
        Listening listening = new Listening();
        TestProgram program =
                everything(SHORT)
                        .edit("{'at': 'model.model.layers.1.output', 'op': 'replace', 'value': 3}")
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'call', 'function': 'listening', 'tokens': [0, 2]}")
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'call', 'function': 'times', 'args': {'by': 2}}")
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'add', 'vector': 1, 'tokens': 'last'}");
        RowOutcome row =
                rows(run(
                                        TestEngine.TICKETLM,
                                        List.of(program),
                                        listening,
                                        new TestFunctions.Times())
                                .get(0))
                        .get(0);
        FunctionCall call = listening.calls.get(0);
        assertThat(listening.calls).hasSize(1);
        assertThat(call.hookPoint()).isEqualTo("model.model.layers.1.output");
        assertThat(call.step()).isZero();
        assertThat(call.tokens()).containsExactly(0, 2);
        assertThat(call.value().shape()).containsExactly(2, 128);
        assertThat(call.value().values()).containsOnly(3f);
        float[] left = Bits.floats(Bits.at(row, "model.model.layers.1.output"));
        assertThat(Arrays.copyOf(left, 2 * 128)).containsOnly(6f);
        assertThat(Arrays.copyOfRange(left, 2 * 128, 3 * 128)).containsOnly(7f);
    }

    @ParameterizedTest
    @CsvSource({"ticketlm/model.onnx", NO_CACHE})
    void function_atEveryStep_isCalledOnceForEach(String file) throws Exception {
        Listening listening = new Listening();
        TestProgram program =
                TestProgram.of(SHORT)
                        .with("generate", "{'max_new_tokens': 4, 'eos_token_ids': []}")
                        .edit(
                                "{'at': 'model.model.layers.1.self_attn.attention', 'op': 'call', 'function': 'listening', 'steps': 'all', 'tokens': 'last'}");
        RowOutcome row = rows(run(file, List.of(program), listening).get(0)).get(0);
        assertThat(listening.calls).extracting(FunctionCall::step).containsExactly(0, 1, 2, 3);
        assertThat(listening.calls)
                .extracting(call -> call.value().shape())
                .containsExactly(
                        new int[] {4, 1, 3},
                        new int[] {4, 1, 4},
                        new int[] {4, 1, 5},
                        new int[] {4, 1, 6});
        assertThat(listening.calls)
                .extracting(call -> call.tokens()[0])
                .containsExactly(2, 0, 0, 0);
        assertThat(row.generated()).hasSize(4);
    }

    @Test
    void patch_fromARowWithAFunction_takesWhatTheFunctionLeft() throws Exception {
        TestProgram program =
                everything(SHORT, SHORT)
                        .edit(
                                0,
                                "{'at': 'model.model.layers.2.output', 'op': 'call', 'function': 'times', 'args': {'by': 0.5}}")
                        .edit(
                                1,
                                "{'at': 'model.model.layers.2.output', 'op': 'patch', 'from': {'invocation': 0}}");
        List<RowOutcome> rows =
                rows(run(TestEngine.TICKETLM, List.of(program), new TestFunctions.Times()).get(0));
        assertThat(rows.get(1).logits()).isDeepEqualTo(rows.get(0).logits());
        float[][] plain = ENGINE.run(TestEngine.TICKETLM, everything(SHORT)).get(0).logits();
        assertThat(Arrays.deepEquals(rows.get(0).logits(), plain)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "failing|INFERENCE_FAILED|failed: java.lang.IllegalStateException: no luck",
                "misshapen|SHAPE_MISMATCH|returned a value of shape [129], which does not broadcast to [1, 128]"
            })
    void function_thatGoesWrong_failsItsEventAlone(String function, ErrorCode code, String message)
            throws Exception {
        String generate = "{'max_new_tokens': 3, 'eos_token_ids': []}";
        String edit =
                "{'at': 'model.model.layers.1.output', 'op': 'call', 'function': '%s', 'args': {'by': 1.25}, 'steps': [1]}";
        TestProgram bad =
                everything(SHORT, LONG)
                        .with("generate", generate)
                        .edit(0, edit.formatted(function));
        TestProgram called =
                everything(SHORT).with("generate", generate).edit(edit.formatted("times"));
        TestProgram plain = everything(SHORT).with("generate", generate);
        TestProgram scaled =
                everything(SHORT)
                        .with("generate", generate)
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'scale', 'by': 1.25, 'steps': [1]}");
        List<TraceOutcome> outcomes =
                run(
                        TestEngine.TICKETLM,
                        List.of(plain, bad, called),
                        new TestFunctions.Times(),
                        new TestFunctions.Failing(),
                        new TestFunctions.Misshapen());
        assertThat(outcomes.get(1))
                .isEqualTo(
                        new TraceOutcome.Failed(
                                code,
                                "function '%s' at 'model.model.layers.1.output' in step 1 %s"
                                        .formatted(function, message)));
        Bits.assertSame(
                rows(outcomes.get(0)).get(0), ENGINE.run(TestEngine.TICKETLM, plain).get(0));
        Bits.assertSame(
                rows(outcomes.get(2)).get(0), ENGINE.run(TestEngine.TICKETLM, scaled).get(0));
    }

    @Test
    void function_thatIsNotAllowed_isRefusedWithTheNearestName() {
        TestProgram program =
                TestProgram.of(SHORT)
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'call', 'function': 'tines', 'args': {}}");
        Problem problem = refusal(program);
        assertThat(problem.code()).isEqualTo(ErrorCode.UNKNOWN_FUNCTION);
        assertThat(problem.pointer()).isEqualTo("/interventions/0/function");
        assertThat(problem.message())
                .isEqualTo(
                        "no function 'tines' is allowed here, allowed are: 'times', did you mean 'times'?");
    }

    @Test
    void arguments_thatTheFunctionRefuses_refuseTheProgram() {
        TestProgram program =
                TestProgram.of(SHORT)
                        .edit(
                                "{'at': 'model.model.layers.1.output', 'op': 'call', 'function': 'times', 'args': {'by': 'much'}}");
        Problem problem = refusal(program);
        assertThat(problem.code()).isEqualTo(ErrorCode.MALFORMED_EVENT);
        assertThat(problem.pointer()).isEqualTo("/interventions/0/args");
        assertThat(problem.message())
                .isEqualTo(
                        "function 'times' refuses its arguments: argument 'by' must be a number, got \"much\"");
    }

    private static Problem refusal(TestProgram program) {
        ProgramException refused =
                catchThrowableOfType(
                        ProgramException.class,
                        () ->
                                plan(
                                        ENGINE.model(TestEngine.TICKETLM),
                                        program,
                                        new TestFunctions.Times()));
        return refused.problems().get(0);
    }
}
