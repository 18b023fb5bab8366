/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelDescription;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import java.util.HashSet;
import java.util.List;
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
        assertThat(of(fused, "Expand")).hasSizeLessThan(4);
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
                                                        .setDataType(
                                                                TensorProto.DataType.FLOAT16
                                                                        .getNumber())))
                        .build();
        assertThat(Fusion.fused(half)).isSameAs(half);
    }
}
