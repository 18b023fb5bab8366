/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.hookline.program.Io;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny random models of other architectures and exporters: every module's values are those that
 * PyTorch's hooks saw. OPT lost a prefix and flattens its MLP; ALBERT runs one layer three times;
 * GPT-2's splits carry no scope; the genai builder fuses residuals into norms, ONNX Runtime's
 * optimisers biases and activations too.
 */
class ArchitectureTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<List<Long>> ROWS =
            List.of(
                    List.of(5L, 17L, 3L, 44L, 90L, 2L, 11L),
                    List.of(8L, 9L, 10L, 11L, 12L, 13L, 14L));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opt",
                "albert-dynamo",
                "albert-torchscript",
                "gpt2",
                "llama-genai",
                "bert-int8",
                "bert-fused",
                "bert-optimised"
            })
    void tree_modulesOfTheFramework_areFoundWithTheirValues(String name) throws Exception {
        Path folder = TestModels.path("architectures/" + name);
        ModelDescription model = TestModels.describe(folder);
        JsonNode records = JSON.readTree(Files.readAllBytes(folder.resolve("expected.json")));
        Map<Site, float[]> expected = new LinkedHashMap<>();
        for (JsonNode record : records) {
            Site site = site(model, record);
            assertThat(site.width()).as("%s", site).isEqualTo(record.get("width").asInt());
            float[] values = new float[record.get("values").size()];
            for (int index = 0; index < values.length; index++) {
                values[index] = record.get("values").get(index).floatValue();
            }
            expected.put(site, values);
        }
        assertThat(expected).hasSizeGreaterThan(40);
        Map<String, float[]> all =
                SiteValues.run(withWeights(model, folder), expected.keySet(), ROWS);
        expected.forEach(
                (site, values) -> {
                    if (values.length > 0) {
                        SiteValues.assertClose(
                                site.point() + " visit " + site.visit(),
                                sample(site, all.get(site.tensor()), values.length),
                                values);
                    }
                });
    }

    private static Site site(ModelDescription model, JsonNode record) {
        HookPoint point =
                HookPoint.of(
                        record.get("module").asText(),
                        Io.valueOf(record.get("io").asText().toUpperCase(Locale.ROOT)));
        List<Site> visits = model.tree().sites(point);
        assertThat(visits).as("%s", point).extracting(Site::visit).doesNotHaveDuplicates();
        return visits.stream()
                .filter(site -> site.visit() == record.get("visit").asInt())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + point + " in visit " + record));
    }

    /** The first units of the last token of the last row; of attention, its first key per head. */
    private static float[] sample(Site site, float[] values, int length) {
        int tokens = ROWS.get(0).size();
        float[] sample = new float[length];
        for (int index = 0; index < length; index++) {
            int at =
                    site.layout() == Site.Layout.ATTENTION
                            ? values.length - (length - index - 1) * tokens * tokens - tokens
                            : values.length - site.width() + index;
            sample[index] = values[at];
        }
        return sample;
    }

    /** Reads external weights into the graph: a model from bytes has no folder. */
    private static ModelDescription withWeights(ModelDescription model, Path folder)
            throws Exception {
        var proto = model.graph().proto().toBuilder();
        for (var tensor : proto.getGraphBuilder().getInitializerBuilderList()) {
            Map<String, String> entries = new LinkedHashMap<>();
            tensor.getExternalDataList().forEach(e -> entries.put(e.getKey(), e.getValue()));
            if (!entries.isEmpty()) {
                byte[] data =
                        Files.readAllBytes(folder.resolve(entries.getOrDefault("location", "")));
                int from = Integer.parseInt(entries.getOrDefault("offset", "0"));
                int length = Integer.parseInt(entries.getOrDefault("length", "0"));
                tensor.clearExternalData()
                        .clearDataLocation()
                        .setRawData(
                                ByteString.copyFrom(Arrays.copyOfRange(data, from, from + length)));
            }
        }
        return new ModelDescription(
                ModelGraph.of(proto.build()),
                model.shapes(),
                model.signature(),
                model.tree(),
                model.limits());
    }

    @Test
    void genai_model_isDescribedByItsOwnConfig() {
        ModelDescription model = TestModels.describe(TestModels.path("architectures/llama-genai"));
        assertThat(model.tree().convention()).contains("genai");
        assertThat(model.limits().maxPositions()).hasValue(64);
        assertThat(model.limits().eosTokenIds()).containsExactly(0);
        assertThat(model.signature().past()).hasSize(4);
        assertThat(model.signature().past()).allMatch(past -> past.width() == 16);
    }

    @Test
    void fusedModules_areAbsentAndSayWhy() {
        ModuleTree tree = TestModels.describe(TestModels.path("architectures/bert-fused")).tree();
        assertThat(tree.unhooked())
                .containsKeys(
                        "model.embeddings.word_embeddings",
                        "model.encoder.layer.*.attention.self.attention");
        assertThat(tree.module("model.embeddings.word_embeddings")).isEmpty();
        assertThat(tree.sites(HookPoint.of("model.encoder.layer.1.attention.self", Io.ATTENTION)))
                .isEmpty();
    }

    @Test
    void genai_packedAttention_saysWhatHasNoHookPoints() {
        ModuleTree tree = TestModels.describe(TestModels.path("architectures/llama-genai")).tree();
        String attention = "model.model.layers.*.self_attn.";
        assertThat(tree.unhooked())
                .containsOnly(
                        Map.entry(
                                attention + "attention",
                                "'GroupQueryAttention' keeps its probabilities to itself"),
                        Map.entry(
                                attention + "q_proj",
                                "its output is 'qkv_proj.output', units '0:64'"),
                        Map.entry(
                                attention + "k_proj",
                                "its output is 'qkv_proj.output', units '64:96'"),
                        Map.entry(
                                attention + "v_proj",
                                "its output is 'qkv_proj.output', units '96:128'"));
        assertThat(tree.sites(HookPoint.of("model.model.layers.0.self_attn.qkv_proj", Io.OUTPUT)))
                .extracting(Site::width)
                .containsExactly(128);
    }

    @ParameterizedTest
    @ValueSource(strings = {"opt", "albert-torchscript", "gpt2", "bert-int8"})
    void plainModels_lackNothing(String name) {
        assertThat(TestModels.describe(TestModels.path("architectures/" + name)).tree().unhooked())
                .isEmpty();
    }

    @Test
    void qwen3_normsOfQueriesAndKeys_areNamedAsWithoutHookPoints() {
        ModuleTree tree = TestModels.describe(TestModels.path("architectures/qwen3")).tree();
        assertThat(tree.unhooked())
                .containsOnlyKeys(
                        "model.model.layers.*.self_attn.q_norm",
                        "model.model.layers.*.self_attn.k_norm");
        assertThat(tree.sites(HookPoint.of("model.model.layers.0.self_attn.q_proj", Io.OUTPUT)))
                .hasSize(1);
    }

    @Test
    void attention_whoseSoftmaxSeesBatchAndHeadsAsOneAxis_isFoundBehindIt() {
        ModuleTree tree = TestModels.describe(TestModels.path("architectures/xglm")).tree();
        HookPoint attention = HookPoint.of("model.model.layers.0.self_attn", Io.ATTENTION);
        assertThat(tree.sites(attention))
                .singleElement()
                .satisfies(
                        site -> {
                            assertThat(site.layout()).isEqualTo(Site.Layout.ATTENTION);
                            assertThat(site.width()).isEqualTo(4);
                            assertThat(site.edges()).hasSize(1);
                        });
    }

    @Test
    void albert_layer_isVisitedThreeTimesInOrder() {
        for (String name : List.of("albert-dynamo", "albert-torchscript")) {
            ModelDescription model = TestModels.describe(TestModels.path("architectures/" + name));
            List<Site> inputs =
                    new ArrayList<>(
                            model.tree()
                                    .sites(
                                            HookPoint.of(
                                                    "model.encoder.albert_layer_groups.0"
                                                            + ".albert_layers.0.attention.query",
                                                    Io.INPUT)));
            assertThat(inputs).extracting(Site::visit).containsExactly(0, 1, 2);
            assertThat(inputs).extracting(Site::order).isSorted();
            assertThat(inputs).extracting(Site::tensor).doesNotHaveDuplicates();
        }
    }
}
