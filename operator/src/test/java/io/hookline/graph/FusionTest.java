/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModelDescription;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FusionTest {
    private static final ModelDescription MODEL =
            TestModels.describe(TestModels.path("ticketlm/model.onnx"));

    private static List<NodeProto> of(ModelProto model, String op) {
        return model.getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(op))
                .toList();
    }

    private static ModelProto pinned() {
        return Pinning.pinned(MODEL.graph(), MODEL.tree());
    }

    @Test
    void exportedDecoder_hasOneNodeForEachPattern() {
        ModelProto fused = Fusion.fused(pinned());
        assertThat(of(fused, "SimplifiedLayerNormalization")).hasSize(13);
        assertThat(of(fused, "RotaryEmbedding")).hasSize(12);
        assertThat(of(fused, "FusedMatMul")).hasSize(6);
        assertThat(of(fused, "QuickGelu")).hasSize(6);
        assertThat(of(fused, "Cos")).hasSize(1);
        assertThat(of(fused, "Expand")).hasSizeLessThan(5);
        for (String op : List.of("Pow", "Sqrt", "Reciprocal", "Neg", "Sigmoid")) {
            assertThat(of(fused, op)).as(op).isEmpty();
        }
    }

    @Test
    void hookedTensors_areAllStillMade() {
        ModelProto fused = Fusion.fused(pinned());
        Set<String> made = new HashSet<>();
        fused.getGraph().getNodeList().forEach(node -> made.addAll(node.getOutputList()));
        fused.getGraph().getInputList().forEach(input -> made.add(input.getName()));
        assertThat(MODEL.tree().modules())
                .flatExtracting(Module::sites)
                .extracting(Site::tensor)
                .isNotEmpty()
                .allSatisfy(tensor -> assertThat(made).contains(tensor));
        assertThat(fused.getGraph().getOutputList()).isEqualTo(pinned().getGraph().getOutputList());
    }

    @Test
    void fusedAgain_isTheSame() {
        ModelProto fused = Fusion.fused(pinned());
        assertThat(Fusion.fused(fused)).isSameAs(fused);
    }

    @Test
    void constants_thatNobodyReadsAnyMore_areGone() {
        ModelProto fused = Fusion.fused(pinned());
        Set<String> read = new HashSet<>();
        fused.getGraph().getNodeList().forEach(node -> read.addAll(node.getInputList()));
        assertThat(fused.getGraph().getInitializerList())
                .extracting(TensorProto::getName)
                .allSatisfy(name -> assertThat(read).contains(name));
    }

    /** {@code y = x · sigmoid(x)}, whose gate leaves the graph when it is hooked. */
    private static ModelProto gated(boolean hooked) {
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .addNode(FusedGraph.node("Sigmoid", List.of("x"), "gate"))
                        .addNode(FusedGraph.node("Mul", List.of("x", "gate"), "y"))
                        .addInput(ValueInfoProto.newBuilder().setName("x"))
                        .addOutput(ValueInfoProto.newBuilder().setName("y"));
        if (hooked) {
            graph.addNode(FusedGraph.node("Identity", List.of("gate"), "pin"))
                    .addOutput(ValueInfoProto.newBuilder().setName("pin"));
        }
        return ModelProto.newBuilder().setGraph(graph).build();
    }

    @Test
    void hookedTensor_onTheWay_keepsThePatternAsItIs() {
        assertThat(of(Fusion.fused(gated(false)), "QuickGelu")).hasSize(1);
        assertThat(Fusion.fused(gated(true))).isEqualTo(gated(true));
    }

    @Test
    void modelOfOtherFloats_isLeftAlone() {
        ModelProto half =
                gated(false).toBuilder()
                        .setGraph(
                                gated(false).getGraph().toBuilder()
                                        .addInitializer(
                                                TensorProto.newBuilder()
                                                        .setName("w")
                                                        .setDataType(DataType.FLOAT16.getNumber())))
                        .build();
        assertThat(Fusion.fused(half)).isSameAs(half);
    }

    /** Rotary positions of {@code x [batch, heads, tokens, 4]}, one table for all rows. */
    private static ModelProto rotary() {
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .setName("rotary")
                        .addNode(FusedGraph.node("Mul", List.of("at", "rates"), "angles"))
                        .addNode(
                                FusedGraph.node(
                                        "Concat",
                                        List.of("angles", "angles"),
                                        "twice",
                                        GraphEditor.integer("axis", -1)))
                        .addNode(FusedGraph.node("Cos", List.of("twice"), "cos"))
                        .addNode(FusedGraph.node("Sin", List.of("twice"), "sin"))
                        .addNode(FusedGraph.node("Unsqueeze", List.of("cos", "one"), "c"))
                        .addNode(FusedGraph.node("Unsqueeze", List.of("sin", "one"), "s"))
                        .addNode(FusedGraph.node("Mul", List.of("x", "c"), "straight"))
                        .addNode(
                                FusedGraph.node(
                                        "Slice", List.of("x", "zero", "two", "last"), "left"))
                        .addNode(
                                FusedGraph.node(
                                        "Slice", List.of("x", "two", "end", "last"), "right"))
                        .addNode(FusedGraph.node("Neg", List.of("right"), "negated"))
                        .addNode(
                                FusedGraph.node(
                                        "Concat",
                                        List.of("negated", "left"),
                                        "crossed",
                                        GraphEditor.integer("axis", -1)))
                        .addNode(FusedGraph.node("Mul", List.of("crossed", "s"), "turned"))
                        .addNode(FusedGraph.node("Add", List.of("straight", "turned"), "y"))
                        .addInput(input("input_ids", DataType.INT64, 2))
                        .addInput(input("at", DataType.FLOAT, 3))
                        .addInput(input("x", DataType.FLOAT, 4))
                        .addOutput(ValueInfoProto.newBuilder().setName("y"))
                        .addInitializer(
                                TensorProto.newBuilder()
                                        .setName("rates")
                                        .setDataType(DataType.FLOAT.getNumber())
                                        .addAllDims(List.of(1L, 1L, 2L))
                                        .addAllFloatData(List.of(1f, 0.1f)));
        Map.of("zero", 0L, "one", 1L, "two", 2L, "last", 3L, "end", Long.MAX_VALUE)
                .forEach((name, number) -> graph.addInitializer(whole(name, number)));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private static ValueInfoProto input(String name, DataType type, int rank) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        for (int axis = 0; axis < rank; axis++) {
            tensor.getShapeBuilder().addDimBuilder().setDimParam(name + axis);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static TensorProto whole(String name, long number) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(number)
                .build();
    }

    private static float[] turned(ModelProto model) throws OrtException {
        float[][][][] x = new float[2][1][3][4];
        for (int i = 0; i < 24; i++) {
            x[i / 12][0][i / 4 % 3][i % 4] = i;
        }
        try (OrtSession session = TestModels.ENVIRONMENT.createSession(model.toByteArray());
                OnnxTensor ids = OnnxTensor.createTensor(TestModels.ENVIRONMENT, new long[2][3]);
                OnnxTensor at =
                        OnnxTensor.createTensor(
                                TestModels.ENVIRONMENT, new float[][][] {{{0}, {1}, {2}}});
                OnnxTensor value = OnnxTensor.createTensor(TestModels.ENVIRONMENT, x);
                OrtSession.Result result =
                        session.run(
                                session.getInputNames().contains("input_ids")
                                        ? Map.of("input_ids", ids, "at", at, "x", value)
                                        : Map.of("at", at, "x", value))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        }
    }

    @Test
    void rotaryTable_ofOneRowForAll_turnsEveryRow() throws OrtException {
        ModelProto fused = Fusion.fused(rotary());

        assertThat(of(fused, "RotaryEmbedding")).hasSize(1);
        assertThat(turned(fused)).containsExactly(turned(rotary()), within(1e-5f));
    }
}
