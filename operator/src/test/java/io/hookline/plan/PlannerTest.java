/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static io.hookline.plan.TestPlans.plan;
import static io.hookline.plan.TestPlans.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.groups.Tuple.tuple;

import io.hookline.program.Problem;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlannerTest {
    private static String edit(String edit) {
        return "{'invocations': [{'tokens': [1, 2, 3]}], 'interventions': [%s]}".formatted(edit);
    }

    private static String cache(String cache) {
        return "{'invocations': [{'tokens': [1, 2, 3]}], 'cache': [%s]}".formatted(cache);
    }

    private static String message(String program) {
        return problems(program).get(0).message();
    }

    private static String at(String at) {
        return edit("{'at': '%s', 'op': 'zero'}".formatted(at));
    }

    @Test
    void at_withoutIo_namesTheOutput() {
        assertThat(message(at("model.model.layers.3.mlp")))
                .isEqualTo(
                        "'model.model.layers.3.mlp' names no hook point, it must end in .output, .input, .outputs[i], .inputs[i] or .attention, did you mean 'model.model.layers.3.mlp.output'?");
    }

    @Test
    void at_misspelt_namesTheNearest() {
        assertThat(message(at("model.model.layers.3.mpl.output")))
                .isEqualTo(
                        "no module 'model.model.layers.3.mpl' in model 'ticketlm', did you mean 'model.model.layers.3.mlp'?");
    }

    private static List<String> recorded(String cache) {
        return plan(cache(cache)).rows().get(0).captures().stream()
                .map(PlannedCapture::recordedAs)
                .toList();
    }

    @Test
    void rename_ofSegments_namesEveryModuleThatHasThem() {
        assertThat(
                        recorded(
                                "{'modules': ['model.model.layers.3.mlp', 'model.model.layers.3.mlp.up_proj', 'model.model.norm'], 'rename': {'mlp': 'ffn', 'model.layers': 'h'}}"))
                .containsExactlyInAnyOrder(
                        "model.h.3.ffn.up_proj", "model.h.3.ffn", "model.model.norm");
    }

    @Test
    void rename_isANameToAskBy() {
        assertThat(
                        recorded(
                                "{'modules': ['model.model.layers.*.ffn', 'model.model.layers.3.mlp'], 'rename': {'mlp': 'ffn'}}"))
                .hasSize(6)
                .contains("model.model.layers.3.ffn");
    }

    @Test
    void alias_isANameToAskByAndNotOfTheRecord() {
        String policy =
                "{'modules': ['first.%s', 'model.model.layers.3.ffn'], 'alias': {'model.model.layers.0': 'first', 'mlp': 'ffn'}}";
        assertThat(recorded(policy.formatted("mlp")))
                .containsExactly("model.model.layers.0.mlp", "model.model.layers.3.mlp");
        assertThat(message(cache(policy.formatted("mpl")))).startsWith("no module 'first.mpl'");
    }

    @Test
    void alias_thatAModuleHasForAName_isThatModule() {
        assertThat(
                        recorded(
                                "{'modules': ['model.model.norm'], 'alias': {'model.model.layers.0': 'model.model.norm'}}"))
                .containsExactly("model.model.norm");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.model.layers.3.mlp.output[0]",
                "model.model.layers.3.mlp.outputs",
                "model.model.layers.3.mlp.outputs[-1]",
                "model.model.layers.3.mlp.outputs[99999999999]"
            })
    void at_withOddIndex_namesNoHookPoint(String at) {
        assertThat(problems(at(at)))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(ErrorCode.UNKNOWN_MODULE, "/interventions/0/at"));
    }

    @Test
    void at_withSuchIndexThatIsNotThere_listsWhatIs() {
        assertThat(message(at("model.model.layers.3.mlp.outputs[7]")))
                .isEqualTo(
                        "module 'model.model.layers.3.mlp' in model 'ticketlm' has no outputs[7], it has [model.model.layers.3.mlp.input, model.model.layers.3.mlp.output]");
    }

    @Test
    void at_firstOutputByIndex_isTheOutput() {
        assertThat(plan(at("model.layers.3.mlp.outputs[0]")).rows().get(0).edits())
                .isNotEmpty()
                .allSatisfy(
                        edit ->
                                assertThat(edit.site().point())
                                        .hasToString("model.model.layers.3.mlp.output"));
    }

    @Test
    void at_glob_isManyHookPointsInForwardOrder() {
        assertThat(plan(at("model.model.layers.*.mlp.output")).rows().get(0).edits())
                .extracting(edit -> edit.site().point().module())
                .containsExactly(
                        "model.model.layers.0.mlp",
                        "model.model.layers.1.mlp",
                        "model.model.layers.2.mlp",
                        "model.model.layers.3.mlp",
                        "model.model.layers.4.mlp",
                        "model.model.layers.5.mlp");
    }

    @Test
    void edits_writtenInAnyOrder_actInForwardOrderAndThenAsWritten() {
        PlannedTrace trace =
                plan(
                        edit(
                                "{'at': 'model.model.layers.3.output', 'op': 'scale', 'by': 1}, {'at': 'model.model.layers.1.output', 'op': 'scale', 'by': 2}, {'at': 'model.model.layers.3.output', 'op': 'scale', 'by': 3}"));
        assertThat(trace.rows().get(0).edits())
                .extracting(edit -> ((EditValue.Times) edit.value()).by())
                .containsExactly(2f, 1f, 3f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'input'", "0.5"})
    void skip_writtenAfterEditsOfTheOutput_comesBeforeThem(String with) {
        PlannedTrace trace =
                plan(
                        edit(
                                "{'at': 'model.model.layers.3.output', 'op': 'add', 'vector': 1}, {'at': 'model.model.layers.3.output', 'op': 'skip', 'with': %s}"
                                        .formatted(with)));
        assertThat(trace.rows().get(0).edits())
                .extracting(edit -> edit.value().kind())
                .containsExactly(
                        with.equals("0.5") ? EditKind.PUT : EditKind.FROM_INPUT, EditKind.PLUS);
    }

    @Test
    void skip_ofModule_leavesNothingInside() {
        PlannedTrace trace =
                plan(
                        "{'invocations': [{'tokens': [1, 2], 'interventions': [{'at': 'model.model.layers.1.output', 'op': 'skip', 'with': 'input'}, {'at': 'model.model.layers.1.mlp.output', 'op': 'zero'}]}, {'tokens': [1, 2]}], 'cache': [{'modules': ['model.model.layers.1.**', 'model.model.layers.1'], 'include_attention': true}]}");
        assertThat(trace.rows().get(0).edits()).hasSize(1);
        assertThat(trace.rows().get(0).captures())
                .extracting(capture -> capture.site().point().toString())
                .containsExactly("model.model.layers.1.output");
        assertThat(trace.rows().get(1).captures()).hasSizeGreaterThan(10);
    }

    @Test
    void skip_ofStepOne_leavesStepZeroInside() {
        PlannedTrace trace =
                plan(
                        "{'invocations': [{'tokens': [1, 2]}], 'generate': {'max_new_tokens': 3}, 'interventions': [{'at': 'model.model.layers.1.output', 'op': 'skip', 'with': 'input', 'steps': 1}], 'cache': [{'modules': ['model.model.layers.1.mlp']}]}");
        assertThat(trace.rows().get(0).captures())
                .singleElement()
                .satisfies(capture -> assertThat(capture.steps()).isEqualTo(StepSet.of(0, 2)));
    }

    @Test
    void skip_ofInput_isRefused() {
        assertThat(
                        message(
                                edit(
                                        "{'at': 'model.model.layers.3.input', 'op': 'skip', 'with': 'input'}")))
                .contains("skip acts on a module's output");
    }

    @Test
    void skip_ofModuleThatChangesTheWidth_isRefused() {
        assertThat(
                        problems(
                                edit(
                                        "{'at': 'model.model.layers.3.mlp.up_proj.output', 'op': 'skip', 'with': 'input'}")))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.SHAPE_MISMATCH);
    }

    @Test
    void stop_reachesItsPointAndNothingLater() {
        PlannedTrace trace =
                plan(
                        "{'invocations': [{'tokens': [1, 2]}], 'generate': {'max_new_tokens': 3}, 'stop': {'module': 'model.model.layers.2', 'io': 'input', 'step': 1}, 'cache': [{'modules': ['model.model.layers.*'], 'include_inputs': true}]}");
        assertThat(trace.rows().get(0).captures())
                .extracting(capture -> capture.site().point().toString(), PlannedCapture::steps)
                .contains(
                        tuple("model.model.layers.1.output", StepSet.of(0, 1)),
                        tuple("model.model.layers.2.input", StepSet.of(0, 1)),
                        tuple("model.model.layers.2.output", StepSet.of(0)),
                        tuple("model.model.layers.3.input", StepSet.of(0)));
    }

    @Test
    void stops_several_theEarliestEndsTheRow() {
        PlannedTrace trace =
                plan(
                        edit(
                                "{'at': 'model.model.layers.*.output', 'op': 'stop'}, {'at': 'model.model.layers.0.mlp.output', 'op': 'stop'}"));
        assertThat(trace.rows().get(0).stop())
                .hasValueSatisfying(
                        stop ->
                                assertThat(stop.site().point())
                                        .hasToString("model.model.layers.0.mlp.output"));
    }

    @Test
    void stop_inNoStep_endsNothing() {
        PlannedTrace trace =
                plan(
                        "{'invocations': [{'tokens': [1, 2]}], 'generate': {'max_new_tokens': 3}, 'interventions': [{'at': 'model.model.layers.1.output', 'op': 'stop', 'steps': '2:2'}]}");
        assertThat(trace.rows().get(0).stop()).isEmpty();
    }

    @Test
    void edit_behindTheStop_isOutOfOrder() {
        assertThat(
                        problems(
                                "{'invocations': [{'tokens': [1, 2]}], 'stop': {'module': 'model.model.layers.2'}, 'interventions': [{'at': 'model.model.layers.3.output', 'op': 'zero'}]}"))
                .extracting(Problem::code, Problem::message)
                .containsExactly(
                        tuple(
                                ErrorCode.OUT_OF_ORDER,
                                "the edit at 'model.model.layers.3.output' lies behind the stop at 'model.model.layers.2.output', it would never act"));
    }

    @Test
    void direction_thatIsBroadcast_hasLengthOneOverTheWidth() {
        for (String direction :
                List.of("3", "[3]", Arrays.toString(new int[128]).replace('0', '3'))) {
            PlannedTrace trace =
                    plan(
                            edit(
                                    "{'at': 'model.model.layers.3.output', 'op': 'project_out', 'direction': %s}"
                                            .formatted(direction)));
            Literal planned =
                    ((EditValue.Without) trace.rows().get(0).edits().get(0).value()).direction();
            assertThat(Broadcast.of(planned, 2).of(0, 2, 100))
                    .as(direction)
                    .isCloseTo((float) (1 / Math.sqrt(128)), within(1e-7f));
        }
    }

    @Test
    void value_ofAttentionInSeveralSteps_hasToFitEachOfThem() {
        String program =
                "{'invocations': [{'tokens': [1, 2]}], 'generate': {'max_new_tokens': 4}, 'interventions': [{'at': 'model.model.layers.0.self_attn.attention', 'op': 'replace', 'steps': %s, 'value': [0.25, 0.25, 0.25, 0.25]}]}";
        assertThat(problems(program.formatted("2"))).isEmpty();
        assertThat(problems(program.formatted("[2, 3]")))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.SHAPE_MISMATCH);
    }

    @Test
    void lens_ofMoreThanTheVocabulary_isRefused() {
        assertThat(
                        problems(
                                cache(
                                        "{'modules': ['model.model.layers.1'], 'reduce': {'lens': 1025}}")))
                .extracting(Problem::pointer, Problem::message)
                .containsExactly(
                        tuple(
                                "/cache/0/reduce/lens",
                                "a lens can't give 1025 tokens, the vocabulary has 1024"));
    }

    @Test
    void lens_ofOtherWidthOrSomeUnits_isRefused() {
        assertThat(
                        message(
                                cache(
                                        "{'modules': ['model.model.layers.1.mlp.act_fn'], 'reduce': {'lens': 3}}")))
                .contains("reads values of width 128");
        assertThat(
                        message(
                                cache(
                                        "{'modules': ['model.model.layers.1'], 'units': [1], 'reduce': {'lens': 3}}")))
                .contains("all units");
    }

    @Test
    void lens_ofGpt2_readsThroughTheReshapeBeforeTheHead() {
        assertThat(
                        plan(
                                        TestPlans.GPT2,
                                        cache(
                                                "{'modules': ['model.transformer.h.3'], 'reduce': {'lens': 3}}"))
                                .rows()
                                .get(0)
                                .captures())
                .hasSize(1);
    }

    @Test
    void caches_ofDtypesAndStages_areCapturesOfTheirOwn() {
        PlannedTrace trace =
                plan(
                        cache(
                                "{'modules': ['model.model.layers.1'], 'stage': 'both', 'dtype': 'float16'}, {'name': 'mine', 'modules': ['model.layers.1'], 'rename': {'model.model.layers.1': 'block'}}"));
        assertThat(trace.rows().get(0).captures())
                .extracting(
                        PlannedCapture::cache,
                        PlannedCapture::recordedAs,
                        PlannedCapture::stage,
                        PlannedCapture::dtype)
                .containsExactly(
                        tuple("0", "model.model.layers.1", "pre", ElementType.FLOAT16),
                        tuple("0", "model.model.layers.1", "post", ElementType.FLOAT16),
                        tuple("mine", "block", "post", ElementType.FLOAT32));
    }

    @Test
    void problems_ofSeveralParts_areAllReported() {
        assertThat(
                        problems(
                                "{'model': 'other', 'invocations': [{'tokens': [1, 5000]}], 'interventions': [{'at': 'model.nowhere.output', 'op': 'zero'}], 'cache': [{'modules': ['nothing']}]}"))
                .extracting(Problem::code)
                .containsExactlyInAnyOrder(
                        ErrorCode.UNKNOWN_MODEL,
                        ErrorCode.MALFORMED_EVENT,
                        ErrorCode.UNKNOWN_MODULE,
                        ErrorCode.UNKNOWN_MODULE);
    }
}
