/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static io.hookline.plan.TestPlans.plan;
import static io.hookline.plan.TestPlans.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.program.Problem;
import io.hookline.schema.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PatchPlannerTest {
    private static final String BLOCK = "model.model.layers.%d.output";

    private static String patch(int layer, String from) {
        return patch(layer, "", from);
    }

    private static String patch(int layer, String fields, String from) {
        return "{'at': '%s', 'op': 'patch', %s 'from': {%s}}"
                .formatted(BLOCK.formatted(layer), fields, from);
    }

    private static String rows(String first, String second) {
        return "{'invocations': [{'tokens': [1, 2, 3], 'interventions': [%s]}, {'tokens': [4, 5, 6], 'interventions': [%s]}]}"
                .formatted(first, second);
    }

    private static String generating(String program, int steps) {
        return program.replaceFirst(
                "\\{", "{'generate': {'max_new_tokens': %d}, ".formatted(steps));
    }

    @Test
    void patch_fromOwnEarlierPoint_isPlanned() {
        PlannedTrace trace =
                plan(rows(patch(3, "'invocation': 0, 'at': 'model.model.layers.1.output'"), ""));
        assertThat(trace.rows().get(0).edits())
                .singleElement()
                .satisfies(edit -> assertThat(edit.value().kind()).isEqualTo(EditKind.FROM_ROW));
    }

    @Test
    void patch_fromOwnSamePoint_isOutOfOrder() {
        assertThat(problems(rows(patch(3, "'invocation': 0"), "")))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.OUT_OF_ORDER);
    }

    @Test
    void patches_ofWhichOneReadsAnEarlierPoint_doNotWaitForEachOther() {
        String earlier = patch(3, "'invocation': 1, 'at': 'model.model.layers.1.output'");
        assertThat(problems(rows(earlier, patch(3, "'invocation': 0")))).isEmpty();
    }

    @Test
    void patches_atTheSamePoint_waitForEachOther() {
        assertThat(problems(rows(patch(3, "'invocation': 1"), patch(3, "'invocation': 0"))))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                ErrorCode.BARRIER_UNMET, "/invocations/0"),
                        org.assertj.core.groups.Tuple.tuple(
                                ErrorCode.BARRIER_UNMET, "/invocations/1"));
    }

    @Test
    void patches_crossedByListOrderAndStep_areRefusedWithoutAKvCacheAlone() {
        String at = "'at': 'model.model.layers.3.output', 'steps': [%d]";
        String first =
                "{%s, 'op': 'patch', 'from': {'invocation': %d}}, {%s, 'op': 'scale', 'by': 2}";
        String program =
                "{'generate': {'max_new_tokens': 2}, 'invocations': [{'tokens': [1, 2], 'interventions': [%s]}, {'tokens': [3, 4], 'interventions': [%s]}]}"
                        .formatted(
                                first.formatted(at.formatted(0), 1, at.formatted(1)),
                                first.formatted(at.formatted(1), 0, at.formatted(0)));
        assertThat(problems(program)).isEmpty();
        assertThat(problems("ticketlm/variants/nocache.onnx", program))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                ErrorCode.BARRIER_UNMET, "/invocations/0"));
    }

    @Test
    void patches_ofThreeInARing_waitForEachOther() {
        String program =
                "{'invocations': [{'tokens': [1], 'interventions': [%s]}, {'tokens': [1], 'interventions': [%s]}, {'tokens': [1], 'interventions': [%s]}]}";
        assertThat(
                        problems(
                                program.formatted(
                                        patch(2, "'invocation': 1"),
                                        patch(2, "'invocation': 2"),
                                        patch(2, "'invocation': 0"))))
                .extracting(Problem::code)
                .containsOnly(ErrorCode.BARRIER_UNMET)
                .hasSize(3);
        assertThat(
                        problems(
                                program.formatted(
                                        patch(2, "'invocation': 1"),
                                        patch(2, "'invocation': 2"),
                                        "")))
                .isEmpty();
    }

    @Test
    void patches_inDifferentSteps_doNotWaitForEachOther() {
        String program =
                rows(
                        patch(3, "'steps': 0,", "'invocation': 1"),
                        patch(3, "'steps': 1,", "'invocation': 0"));
        assertThat(problems(generating(program, 2))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "[0, 1]; [2]; 0",
                "[0]; 'all'; 0",
                "[0, 1]; [1, 2]; 'all'",
                "'generated'; [1]; 1"
            })
    void patch_ofOtherSize_isRefusedInWhicheverStep(String tokens, String from, String steps) {
        String program =
                rows(
                        "",
                        patch(
                                2,
                                "'tokens': %s, 'steps': %s,".formatted(tokens, steps),
                                "'invocation': 0, 'tokens': %s".formatted(from)));
        assertThat(problems(generating(program, 3)))
                .anySatisfy(
                        problem -> {
                            assertThat(problem.code()).isEqualTo(ErrorCode.SHAPE_MISMATCH);
                            assertThat(problem.pointer())
                                    .startsWith("/invocations/1/interventions/0/from");
                        });
    }

    @Test
    void patch_ofAttentionOverOtherKeys_isRefused() {
        String program =
                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [{'at': 'model.model.layers.0.self_attn.attention', 'op': 'patch', 'tokens': [1], 'from': {'invocation': 0}}]}]}";
        assertThat(problems(program))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.SHAPE_MISMATCH);
        assertThat(problems(program.replace("[1, 2]}", "[1, 2, 3]}"))).isEmpty();
    }

    @Test
    void patch_fromOtherWidth_isRefused() {
        assertThat(
                        problems(
                                rows(
                                        "",
                                        patch(
                                                2,
                                                "'invocation': 0, 'at': 'model.model.layers.1.mlp.act_fn.output'"))))
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem.message())
                                        .contains("has width 384")
                                        .contains("has width 128"));
    }

    @Test
    void patch_fromSkippedModule_isUnmet() {
        String skip = "{'at': 'model.model.layers.1.output', 'op': 'skip', 'with': 'input'}";
        String inside = patch(2, "'invocation': 0, 'at': 'model.model.layers.1.mlp.output'");
        String itself = patch(2, "'invocation': 0, 'at': 'model.model.layers.1.output'");
        assertThat(problems(rows(skip, inside)))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.BARRIER_UNMET);
        assertThat(problems(rows(skip, itself))).isEmpty();
    }

    @Test
    void patch_fromRowThatStopsEarlier_isUnmet() {
        String stop = "{'at': 'model.model.layers.1.output', 'op': 'stop'}";
        assertThat(problems(rows(stop, patch(2, "'invocation': 0"))))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.BARRIER_UNMET);
        assertThat(problems(rows(stop, patch(1, "'invocation': 0")))).isEmpty();
    }
}
