/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelGraph;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PinningTest {
    @Test
    void pinned_sharedTensor_isReadThroughNamesOfItsGroups() {
        GraphProto pinned = Pinning.pinned(SmallGraph.graph(), SmallGraph.tree()).getGraph();
        assertThat(pinned.getNode(1).getInputList()).containsExactly("h/hl-reads/0");
        assertThat(pinned.getNode(3).getInputList()).containsExactly("h/hl-reads/1", "m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticketlm/model.onnx", "gpt2-12/model.onnx"})
    void pinned_everyHookedTensor_leavesTheGraph(String name) {
        ModelDescription model = TestModels.describe(TestModels.path(name));
        GraphProto pinned = Pinning.pinned(model.graph(), model.tree()).getGraph();
        List<String> kept =
                pinned.getOutputList().stream()
                        .map(ValueInfoProto::getName)
                        .map(
                                output ->
                                        pinned.getNodeList().stream()
                                                .filter(node -> node.getOutput(0).equals(output))
                                                .filter(node -> node.getOpType().equals("Identity"))
                                                .map(node -> node.getInput(0))
                                                .findFirst()
                                                .orElse(output))
                        .toList();
        assertThat(model.tree().modules())
                .flatExtracting(Module::sites)
                .extracting(Site::tensor)
                .isNotEmpty()
                .allSatisfy(tensor -> assertThat(kept).contains(tensor));
    }

    @Test
    void unpinned_leavesTheGraphsOwnOutputsAndTheGroups() {
        ModelGraph graph = SmallGraph.graph();
        ModelProto unpinned =
                Pinning.unpinned(Pinning.pinned(graph, SmallGraph.tree()), graph.outputs());
        assertThat(unpinned.getGraph().getOutputList())
                .extracting(ValueInfoProto::getName)
                .containsExactly("logits");
        assertThat(unpinned.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .containsExactly("Abs", "Neg", "Exp", "Add", "Identity", "Identity");
    }
}
