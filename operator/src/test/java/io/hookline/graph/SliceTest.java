/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.SmallGraph.node;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SliceTest {
    @Test
    void of_tensorInTheMiddle_needsWhatItIsMadeFromAlone() {
        List<NodeProto> nodes = SmallGraph.graph().nodes();
        Slice slice = Slice.of(nodes, List.of("n"));
        assertThat(nodes)
                .filteredOn(slice::needs)
                .extracting(NodeProto::getName)
                .containsExactly("h", "n");
        assertThat(slice.needs("x")).isTrue();
        assertThat(slice.needs("m")).isFalse();
    }

    @Test
    void of_nodeWithABody_needsWhatTheBodyReadsFromOutside() {
        GraphProto inner =
                GraphProto.newBuilder()
                        .addNode(node("Add", "sum", "outer", "deep"))
                        .addOutput(ValueInfoProto.newBuilder().setName("sum"))
                        .build();
        GraphProto branch =
                GraphProto.newBuilder()
                        .addNode(
                                NodeProto.newBuilder()
                                        .setOpType("If")
                                        .addInput("flag")
                                        .addOutput("inner")
                                        .addAttribute(
                                                AttributeProto.newBuilder()
                                                        .setName("then_branch")
                                                        .setG(inner)))
                        .addOutput(ValueInfoProto.newBuilder().setName("passed"))
                        .build();
        NodeProto choice =
                node("If", "chosen", "condition").toBuilder()
                        .addAttribute(
                                AttributeProto.newBuilder().setName("else_branch").setG(branch))
                        .build();
        List<NodeProto> nodes =
                List.of(
                        node("Abs", "outer", "x"),
                        node("Abs", "deep", "x"),
                        node("Abs", "passed", "x"),
                        node("Abs", "unused", "x"),
                        choice);
        assertThat(nodes)
                .filteredOn(Slice.of(nodes, List.of("chosen"))::needs)
                .extracting(node -> node.getOutput(0))
                .containsExactly("outer", "deep", "passed", "chosen");
    }

    @Test
    void of_nodeWithSeveralOutputs_isNeededForAnyOfThem() {
        NodeProto split = node("Split", "a", "x").toBuilder().addOutput("b").build();
        Slice slice = Slice.of(List.of(split), List.of("b"));
        assertThat(slice.needs(split)).isTrue();
        assertThat(slice.needs("a")).isFalse();
    }
}
