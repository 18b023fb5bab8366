/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.graph.CompiledPlan;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelGraph;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.TestPlans;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a model a plan still holds: work that nobody asked for is not done. */
final class CompiledPlanTest {
    private static final String ROWS =
            "'invocations': [{'tokens': [1, 2, 3]}, {'tokens': [4, 5, 6]}]";

    private static CompiledPlan compiled(String model, String rest) {
        return Lowered.compiled(model, "{" + ROWS + rest + "}");
    }

    private static CompiledPlan compiled(String rest) {
        return compiled(TestPlans.TICKETLM, rest);
    }

    private static int nodes(CompiledPlan plan) {
        return plan.model().getGraph().getNodeCount();
    }

    private static Set<String> made(CompiledPlan plan) {
        Set<String> made = new HashSet<>();
        plan.model().getGraph().getNodeList().forEach(node -> made.addAll(node.getOutputList()));
        return made;
    }

    /** The tensor at a hook point. */
    private static String tensor(String model, String point) {
        return TestModels.describe(TestModels.path(model)).tree().modules().stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().toString().equals(point))
                .map(Site::tensor)
                .findFirst()
                .orElseThrow();
    }

    private static String tensor(String point) {
        return tensor(TestPlans.TICKETLM, point);
    }

    private static NodeProto maker(CompiledPlan plan, String tensor) {
        return plan.model().getGraph().getNodeList().stream()
                .filter(node -> node.getOutputList().contains(tensor))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void stop_atEachBlock_leavesMoreTheLaterItIs() {
        int before = 0;
        for (int layer = 0; layer < 6; layer++) {
            CompiledPlan plan =
                    compiled(
                            ", 'cache': [{'modules': ['model.model.layers.*']}], 'stop': {'module': 'model.model.layers.%d'}"
                                    .formatted(layer));
            assertThat(nodes(plan)).isGreaterThan(before + 30);
            assertThat(made(plan)).doesNotContain("logits");
            before = nodes(plan);
        }
        assertThat(before)
                .isLessThan(nodes(compiled(", 'cache': [{'modules': ['model.model.layers.*']}]")));
    }

    @Test
    void capture_withoutLogits_endsAtItsHookPoint() {
        CompiledPlan plan =
                compiled(", 'logits': 'none', 'cache': [{'modules': ['model.model.layers.1']}]");
        assertThat(made(plan))
                .contains(tensor("model.model.layers.1.output"))
                .doesNotContain(tensor("model.model.layers.2.mlp.output"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'input'", "0.5", "[[1], [2], [3]]"})
    void skip_ofEveryRow_leavesNothingOfTheModule(String with) {
        CompiledPlan whole = compiled("");
        CompiledPlan plan =
                compiled(
                        ", 'interventions': [{'at': 'model.model.layers.3.output', 'op': 'skip', 'with': %s}]"
                                .formatted(with));
        assertThat(nodes(plan)).isLessThan(nodes(whole) - 50);
        Set<String> made = made(plan);
        for (String inside :
                List.of("input_layernorm", "self_attn.q_proj", "self_attn", "mlp.up_proj", "mlp")) {
            assertThat(made)
                    .as(inside)
                    .doesNotContain(tensor("model.model.layers.3." + inside + ".output"));
        }
        assertThat(made).contains(tensor("model.model.layers.4.mlp.output"));
        assertThat(made.contains(tensor("model.model.layers.2.mlp.output")))
                .isEqualTo(with.equals("'input'"));
    }

    @Test
    void skip_ofEveryRowWhileGenerating_keepsKeysAndValuesAlone() {
        CompiledPlan plan =
                compiled(
                        ", 'generate': {'max_new_tokens': 3}, 'interventions': [{'at': 'model.model.layers.3.output', 'op': 'skip', 'with': 'input'}]");
        assertThat(plan.outputs()).contains("present.3.key", "present.3.value");
        assertThat(made(plan))
                .contains(
                        tensor("model.model.layers.3.self_attn.k_proj.output"),
                        tensor("model.model.layers.3.self_attn.v_proj.output"))
                .doesNotContain(
                        tensor("model.model.layers.3.self_attn.o_proj.output"),
                        tensor("model.model.layers.3.mlp.output"));
    }

    @Test
    void tap_ofModulesThatHandOutOneTensor_leavesOnce() {
        CompiledPlan plan =
                compiled(
                        ", 'cache': [{'modules': ['model.model.layers.3.mlp', 'model.model.layers.3.mlp.down_proj', 'model.model.layers.3'], 'dtype': 'float16'}]");
        assertThat(tensor("model.model.layers.3.mlp.output"))
                .isEqualTo(tensor("model.model.layers.3.mlp.down_proj.output"));
        assertThat(plan.copied()).hasSize(3);
        assertThat(Set.copyOf(plan.copied())).hasSize(2);
        assertThat(plan.outputs()).doesNotHaveDuplicates().containsAll(plan.copied());
    }

    @Test
    void tap_ofModulesThatHandOutOneTensorInTwoTypes_leavesInBoth() {
        CompiledPlan plan =
                compiled(
                        ", 'cache': [{'modules': ['model.model.layers.3.mlp'], 'dtype': 'float16'}, {'modules': ['model.model.layers.3.mlp.down_proj']}]");
        assertThat(Set.copyOf(plan.copied())).hasSize(2);
    }

    @Test
    void skip_ofOneRow_isGated() {
        CompiledPlan plan =
                Lowered.compiled(
                        TestPlans.TICKETLM,
                        "{'invocations': [{'tokens': [1, 2, 3]}, {'tokens': [4, 5, 6], 'interventions': [{'at': 'model.model.layers.3.output', 'op': 'skip', 'with': 'input'}]}]}");
        assertThat(nodes(plan)).isGreaterThan(nodes(compiled("")));
        assertThat(made(plan)).contains(tensor("model.model.layers.3.mlp.output"));
        assertThat(plan.feeds()).anyMatch(feed -> feed.endsWith("/gate"));
    }

    @Test
    void skip_ofSomeTokens_isGated() {
        CompiledPlan plan =
                compiled(
                        ", 'interventions': [{'at': 'model.model.layers.3.output', 'op': 'skip', 'with': 'input', 'tokens': [0, 1]}]");
        assertThat(made(plan)).contains(tensor("model.model.layers.3.mlp.output"));
    }

    @ParameterizedTest
    @CsvSource({
        "ticketlm/model.onnx, model.lm_head, model.model.layers.5",
        "ticketlm/variants/torchscript.onnx, model.lm_head, model.model.layers.5",
        "gpt2-12/model.onnx, model.lm_head, model.transformer.h.11"
    })
    void lastLogits_withoutHookAtTheHead_runTheHeadOnOnePosition(
            String model, String head, String block) {
        String taps = ", 'cache': [{'modules': ['%s']}]";
        assertThat(headReads(model, taps.formatted(block))).isEqualTo("Gather");
        assertThat(headReads(model, taps.formatted(head))).isNotEqualTo("Gather");
        assertThat(headReads(model, taps.formatted(block) + ", 'logits': 'all'"))
                .isNotEqualTo("Gather");
    }

    /** Which kind of node makes what the head multiplies. */
    private static String headReads(String model, String rest) {
        CompiledPlan plan = compiled(model, rest);
        ModelDescription described = TestModels.describe(TestModels.path(model));
        String input = tensor(model, "model.lm_head.input");
        ModelGraph.Edge edge = described.graph().consumers(input).get(0);
        String output = described.graph().nodes().get(edge.node()).getOutput(0);
        return maker(plan, maker(plan, output).getInput(edge.input())).getOpType();
    }

    @Test
    void structures_ofOtherValuesRowsAndPrompts_areEqual() {
        String program =
                "{'invocations': [{'tokens': [1, 2, 3], 'interventions': [{'at': 'model.model.layers.%d.output', 'op': 'add', 'vector': %s}]}, {'tokens': [7, 5, 6]}]}";
        String other =
                "{'invocations': [{'tokens': [9, 9]}, {'tokens': [4, 4], 'interventions': [{'at': 'model.model.layers.1.output', 'op': 'add', 'vector': -4, 'tokens': 'last', 'units': [3]}]}]}";
        LoweredPass one = Lowered.first(TestPlans.TICKETLM, program.formatted(1, "2"));
        assertThat(one.structure())
                .isEqualTo(Lowered.first(TestPlans.TICKETLM, other).structure())
                .isNotEqualTo(
                        Lowered.first(TestPlans.TICKETLM, program.formatted(2, "2")).structure());
    }

    @Test
    void taps_askedForTwice_areOne() {
        LoweredPass pass =
                Lowered.first(
                        TestPlans.TICKETLM,
                        "{"
                                + ROWS
                                + ", 'cache': [{'modules': ['model.model.layers.1', 'model.layers.1']}, {'name': 'again', 'modules': ['model.model.layers.*'], 'tokens': 'last'}]}");
        assertThat(pass.structure().taps()).hasSize(6);
        assertThat(pass.taps().get(1).slices()).hasSize(4);
        assertThat(pass.taps().get(0).slices()).hasSize(2);
    }
}
