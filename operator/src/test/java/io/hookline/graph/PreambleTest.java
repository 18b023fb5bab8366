/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelSignature;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a graph computes of lengths, masks and positions alone. */
final class PreambleTest {
    private static final NodeProto SHAPE = SmallGraph.node("Shape", "shape", "ids");
    private static final NodeProto OPEN = SmallGraph.node("Cast", "open", "mask");
    private static final NodeProto WIDE = SmallGraph.node("Expand", "wide", "open", "shape");
    private static final NodeProto EMBED = SmallGraph.node("Abs", "h", "ids");
    private static final NodeProto LOGITS = SmallGraph.node("Add", "logits", "h", "wide");

    @Test
    void outputs_ofMasks_areWhatTheRestReads() {
        Preamble preamble = preamble(Set.of(), SHAPE, OPEN, WIDE, EMBED, LOGITS);

        assertThat(preamble.outputs()).containsExactly("wide");
        assertThat(preamble.model().getGraph().getNodeList()).containsExactly(SHAPE, OPEN, WIDE);
        assertThat(preamble.model().getGraph().getInputList())
                .extracting(ValueInfoProto::getName)
                .containsExactly("ids", "mask");
        assertThat(preamble.contents()).containsExactlyInAnyOrder("mask", "places");
    }

    @Test
    void outputs_withAHookedTensor_endBeforeIt() {
        NodeProto places = SmallGraph.node("Gather", "table", "places", "places");
        NodeProto more = SmallGraph.node("Neg", "more", "table");
        NodeProto logits = SmallGraph.node("Add", "logits", "h", "more");

        assertThat(preamble(Set.of(), places, more, EMBED, logits).outputs())
                .containsExactly("more");
        assertThat(preamble(Set.of("table"), places, more, EMBED, logits).outputs()).isEmpty();
    }

    @Test
    void outputs_thatLeaveTheGraph_areMadeThere() {
        NodeProto open = SmallGraph.node("Cast", "logits", "mask");

        assertThat(preamble(Set.of(), open, EMBED).outputs()).isEmpty();
    }

    @Test
    void outputs_ofWhatDependsOnTokens_areNone() {
        NodeProto mixed = SmallGraph.node("Mul", "mixed", "mask", "ids");
        NodeProto logits = SmallGraph.node("Add", "logits", "h", "mixed");

        assertThat(preamble(Set.of(), mixed, EMBED, logits).outputs()).isEmpty();
    }

    private static Preamble preamble(Set<String> hooked, NodeProto... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder();
        for (String input : List.of("ids", "mask", "places")) {
            graph.addInput(ValueInfoProto.newBuilder().setName(input));
        }
        graph.addAllNode(List.of(nodes));
        graph.addOutput(ValueInfoProto.newBuilder().setName("logits"));
        return Preamble.of(
                ModelGraph.of(
                        ModelProto.newBuilder()
                                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
                                .setGraph(graph)
                                .build()),
                new ModelSignature(
                        "ids",
                        Optional.of("mask"),
                        Optional.of("places"),
                        Optional.empty(),
                        Optional.of("logits"),
                        List.of(),
                        true),
                hooked);
    }
}
