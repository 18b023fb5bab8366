/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelException;
import io.hookline.model.ModelFolder;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModuleTree;
import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.Weights;
import io.hookline.runtime.WeightsReport;
import io.hookline.runtime.onnx.PassFixture.Tokens;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with 8-bit weights: nearly the same numbers at the same hook points. */
final class Int8WeightsTest {
    private static final Tokens TOKENS =
            Tokens.of(new int[] {31, 5, 77, 12, 400}, new int[] {8, 9, 10, 11, 12});

    @TempDir static Path cache;

    private static List<String> tickets() throws IOException {
        List<String> prompts = new ArrayList<>();
        for (JsonNode prompt :
                new ObjectMapper()
                        .readTree(Path.of("src/test/resources/prompts/tickets.json").toFile())) {
            prompts.add(prompt.textValue());
        }
        return prompts;
    }

    private static ModelRuntime load(String file, Weights weights) throws Exception {
        return new OnnxModelLoader(cache).load(ModelSpec.cpu(TestModels.path(file)).with(weights));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticketlm/model.onnx",
                "ticketlm/variants/torchscript.onnx",
                "gpt2-12/model.onnx"
            })
    void report_ofRealPrompts_showsLittleCostButSome(String file) throws Exception {
        try (ModelRuntime reference = load(file, Weights.AS_STORED);
                ModelRuntime candidate = load(file, Weights.INT8)) {
            WeightsReport report = WeightsReport.of(reference, candidate, tickets());
            assertThat(report.positions()).isGreaterThan(1000);
            assertThat(report.agreement()).isGreaterThan(0.9);
            assertThat(report.meanDivergence()).isGreaterThan(1e-8).isLessThan(0.05);
            assertThat(report.worstDivergence()).isGreaterThan(report.meanDivergence());
        }
    }

    @Test
    void report_ofTheModelItself_showsNoCost() throws Exception {
        try (ModelRuntime model = load("ticketlm/model.onnx", Weights.AS_STORED)) {
            assertThat(WeightsReport.of(model, model, tickets().subList(0, 2)))
                    .satisfies(report -> assertThat(report.agreement()).isEqualTo(1))
                    .satisfies(report -> assertThat(report.worstDivergence()).isZero());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticketlm/model.onnx", "gpt2-12/model.onnx"})
    void hookPoints_allOfThem_areThereAndClose(String file) throws Exception {
        Path path = TestModels.path(file);
        try (PassFixture floats = PassFixture.open(path, cache);
                PassFixture bytes = PassFixture.open(path, cache, Weights.INT8)) {
            List<Site> sites = floats.sites();
            Structure everything = floats.taps(sites, LogitsTap.ALL);
            PassResult want = floats.engine().run(floats.request(everything, TOKENS));
            PassResult got = bytes.engine().run(bytes.request(everything, TOKENS));
            for (int tap = 0; tap < sites.size(); tap++) {
                Output one = want.taps().get(tap);
                Output other = got.taps().get(tap);
                assertThat(other.shape()).isEqualTo(one.shape());
                assertThat(distance(values(other), values(one)))
                        .as(sites.get(tap).point().toString())
                        .isLessThan(0.06);
            }
            assertThat(values(got.logits().orElseThrow()))
                    .isNotEqualTo(values(want.logits().orElseThrow()));
        }
    }

    @Test
    void row_inABatch_isTheRowAlone() throws Exception {
        try (PassFixture model =
                PassFixture.open(TestModels.path("gpt2-12/model.onnx"), cache, Weights.INT8)) {
            Structure logits = model.taps(List.of(), LogitsTap.ALL);
            PassResult both = model.engine().run(model.request(logits, TOKENS));
            PassResult first =
                    model.engine().run(model.request(logits, Tokens.of(TOKENS.ids()[0])));
            float[] alone = values(first.logits().orElseThrow());
            assertThat(Arrays.copyOf(values(both.logits().orElseThrow()), alone.length))
                    .isEqualTo(alone);
        }
    }

    private static float[] values(Output output) {
        float[] values = new float[output.data().remaining() / Float.BYTES];
        output.data().asFloatBuffer().get(values);
        return values;
    }

    /** Length of the difference over the length of what is wanted. */
    private static double distance(float[] got, float[] want) {
        double apart = 0;
        double length = 0;
        for (int i = 0; i < want.length; i++) {
            apart += Math.pow((double) got[i] - want[i], 2);
            length += Math.pow(want[i], 2);
        }
        return Math.sqrt(apart / length);
    }

    @ParameterizedTest
    @CsvSource({"ticketlm/model.onnx, 43", "gpt2-12/model.onnx, 49"})
    void canonicalGraph_withInt8_multipliesByBytesAlone(String file, int products)
            throws Exception {
        ModelProto graph = entry(TestModels.path(file), Weights.INT8).graph();
        List<NodeProto> nodes = graph.getGraph().getNodeList();
        assertThat(nodes).filteredOn(n -> n.getOpType().equals("MatMulNBits")).hasSize(products);
        assertThat(nodes).noneMatch(node -> node.getOpType().equals("Gemm"));
        List<TensorProto> tables =
                graph.getGraph().getInitializerList().stream()
                        .filter(tensor -> tensor.getDataType() == 1 && tensor.getDimsCount() == 2)
                        .filter(tensor -> tensor.getDimsList().stream().allMatch(d -> d >= 32))
                        .toList();
        assertThat(tables).as("embeddings").hasSizeBetween(1, 2);
    }

    @Test
    void entries_ofOneModel_areKeptApart(@TempDir Path own) throws Exception {
        Path path = TestModels.path("ticketlm/model.onnx");
        CanonicalStore.Entry floats = entry(own, path, Weights.AS_STORED);
        CanonicalStore.Entry bytes = entry(own, path, Weights.INT8);
        assertThat(bytes.folder()).isNotEqualTo(floats.folder());
        assertThat(size(bytes.folder())).isLessThan(size(floats.folder()) / 3);
        assertThat(entry(own, path, Weights.INT8).folder()).isEqualTo(bytes.folder());
        try (Stream<Path> files = Files.walk(own)) {
            assertThat(
                            files.filter(Files::isRegularFile)
                                    .filter(file -> !file.getParent().equals(own))
                                    .map(file -> file.getFileName().toString()))
                    .containsOnly("canonical.onnx", "weights.data", "seal");
        }
    }

    private static long size(Path folder) throws IOException {
        return Files.size(folder.resolve("weights.data"));
    }

    private static CanonicalStore.Entry entry(Path model, Weights weights) throws Exception {
        return entry(cache, model, weights);
    }

    private static CanonicalStore.Entry entry(Path folder, Path model, Weights weights)
            throws Exception {
        ModelDescription described = TestModels.describe(model);
        return new CanonicalStore(folder)
                .entry(
                        new CanonicalStore.Source(
                                ModelFolder.find(model).digest(described.graph().proto()),
                                described.graph(),
                                described.tree(),
                                model.getParent(),
                                new CanonicalStore.Form(weights, true)));
    }

    @Test
    void entry_ofAModelWithoutMatrices_isRefused() {
        ValueInfoProto input =
                ValueInfoProto.newBuilder()
                        .setName("x")
                        .setType(OnnxTypes.tensorOfAnyShape(ElementType.FLOAT32))
                        .build();
        ModelProto model =
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .setGraph(
                                GraphProto.newBuilder()
                                        .setName("negated")
                                        .addInput(input)
                                        .addOutput(input.toBuilder().setName("y"))
                                        .addNode(
                                                NodeProto.newBuilder()
                                                        .setOpType("Neg")
                                                        .addInput("x")
                                                        .addOutput("y")))
                        .build();
        CanonicalStore.Source source =
                new CanonicalStore.Source(
                        "digest",
                        ModelGraph.of(model),
                        ModuleTree.of("none", List.of()),
                        cache,
                        new CanonicalStore.Form(Weights.INT8, true));
        assertThatThrownBy(() -> new CanonicalStore(cache).entry(source))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MODEL))
                .hasMessageContaining("int8");
        assertThat(cache).isDirectoryNotContaining("glob:**.building-*");
    }

    @Test
    void weights_byName_areFound() {
        assertThat(Weights.named("int8")).contains(Weights.INT8);
        assertThat(Weights.named("as-stored")).contains(Weights.AS_STORED);
        assertThat(Weights.named("int4")).isEmpty();
    }
}
