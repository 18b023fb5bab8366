/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.Site.Layout;
import io.hookline.program.Io;
import io.hookline.schema.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleTreeTest {
    private static Site site(ModelDescription model, String module, Io io) {
        return model.tree().sites(HookPoint.of(module, io)).get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "variants/torchscript.onnx", "variants/nocache.onnx"})
    void ticketlm_anyExport_hasTheCheckpointsModules(String file) {
        ModelDescription model = TestModels.describe(TestModels.path("ticketlm/" + file));
        assertThat(model.tree().modules()).extracting(Module::path).hasSize(84);
        assertThat(model.tree().matching("model.model.layers.*")).hasSize(6);
        assertThat(model.tree().matching("model.layers[1:3].mlp")).isEmpty();
        assertThat(model.tree().matching("model.model.layers[1:3].mlp"))
                .extracting(Module::path)
                .containsExactly("model.model.layers.1.mlp", "model.model.layers.2.mlp");
        assertThat(model.tree().matching("model.model.layers[-2:].mlp"))
                .extracting(Module::path)
                .containsExactly("model.model.layers.4.mlp", "model.model.layers.5.mlp");
        assertThat(model.tree().matching("model.model.layers[1:-3]"))
                .extracting(Module::path)
                .containsExactly("model.model.layers.1", "model.model.layers.2");
        assertThat(model.tree().modules().get(0).path()).isEqualTo("model.model.embed_tokens");
        assertThat(model.tree().module("model.model.layers").orElseThrow().sites()).isEmpty();
        assertThat(model.tree().module("model.model.rotary_emb")).isEmpty();
        assertThat(site(model, "model", Io.OUTPUT).tensor()).isEqualTo("logits");
        assertThat(site(model, "model", Io.OUTPUT).graphOutputs()).containsExactly("logits");
        assertThat(site(model, "model.model", Io.OUTPUT).width()).isEqualTo(128);
        assertThat(site(model, "model.model.layers.3.self_attn", Io.ATTENTION).width())
                .isEqualTo(4);
    }

    @Test
    void dynamo_classes_areThoseOfTheFramework() {
        ModelDescription model = TestModels.describe(TestModels.path("ticketlm/model.onnx"));
        assertThat(model.tree().module("model.model.layers.0.mlp").orElseThrow().className())
                .isEqualTo("LlamaMLP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticketlm/model.onnx",
                "ticketlm/variants/torchscript.onnx",
                "ticketlm/variants/nocache.onnx",
                "gpt2-12/model.onnx"
            })
    void sites_edges_areReadsOfTheTensorOnTheRightSide(String file) {
        ModelDescription model = TestModels.describe(TestModels.path(file));
        Map<Integer, HookPoint> orders = new HashMap<>();
        for (Module module : model.tree().modules()) {
            for (Site site : module.sites()) {
                assertThat(orders.put(site.order(), site.point())).isNull();
                assertThat(site.edges().isEmpty() && site.graphOutputs().isEmpty())
                        .as("%s", site.point())
                        .isFalse();
                assertThat(site.edges())
                        .allSatisfy(
                                edge ->
                                        assertThat(
                                                        model.graph()
                                                                .nodes()
                                                                .get(edge.node())
                                                                .getInput(edge.input()))
                                                .isEqualTo(site.tensor()));
                assertThat(site.dtype()).isEqualTo(ElementType.FLOAT32);
            }
        }
    }

    @Test
    void torchscript_normInput_doesNotReachTheResidual() {
        ModelDescription model =
                TestModels.describe(TestModels.path("ticketlm/variants/torchscript.onnx"));
        Site block = site(model, "model.model.layers.2", Io.INPUT);
        Site norm = site(model, "model.model.layers.2.input_layernorm", Io.INPUT);
        assertThat(norm.tensor()).isEqualTo(block.tensor());
        assertThat(block.edges()).containsAll(norm.edges()).hasSizeGreaterThan(norm.edges().size());
    }

    @Test
    void order_nestedModules_wrapWhatIsInside() {
        ModelDescription model = TestModels.describe(TestModels.path("gpt2-12/model.onnx"));
        List<Site> forward =
                List.of(
                        site(model, "model.transformer.wte", Io.OUTPUT),
                        site(model, "model.transformer.h.0", Io.INPUT),
                        site(model, "model.transformer.h.0.ln_1", Io.INPUT),
                        site(model, "model.transformer.h.0.attn", Io.INPUT),
                        site(model, "model.transformer.h.0.attn.c_attn", Io.OUTPUT),
                        site(model, "model.transformer.h.0.attn", Io.ATTENTION),
                        site(model, "model.transformer.h.0.attn.c_proj", Io.OUTPUT),
                        site(model, "model.transformer.h.0.attn", Io.OUTPUT),
                        site(model, "model.transformer.h.0", Io.OUTPUT),
                        site(model, "model.transformer.h.1", Io.INPUT),
                        site(model, "model.transformer", Io.OUTPUT),
                        site(model, "model.lm_head", Io.OUTPUT),
                        site(model, "model", Io.OUTPUT));
        assertThat(forward).extracting(Site::order).isSorted();
    }

    @Test
    void miniLm_encoder_hasItsModules() {
        ModelDescription model = TestModels.describe(TestModels.miniLm());
        assertThat(model.signature().causal()).isFalse();
        assertThat(model.signature().logits()).isEmpty();
        assertThat(model.limits().vocabulary()).isEqualTo(30522);
        assertThat(model.tree().matching("model.encoder.layer.*")).hasSize(6);
        assertThat(
                        model.tree().modules().stream()
                                .filter(
                                        m ->
                                                !model.tree()
                                                        .sites(HookPoint.of(m.path(), Io.OUTPUT))
                                                        .isEmpty()))
                .hasSize(96);
        Site query = site(model, "model.encoder.layer.5.attention.self.query", Io.OUTPUT);
        assertThat(query.width()).isEqualTo(384);
        assertThat(query.layout()).isEqualTo(Layout.SEQUENCE);
        assertThat(site(model, "model.encoder.layer.5.attention.self", Io.ATTENTION).width())
                .isEqualTo(12);
        assertThat(site(model, "model", Io.OUTPUT).graphOutputs()).hasSize(1);
    }
}
