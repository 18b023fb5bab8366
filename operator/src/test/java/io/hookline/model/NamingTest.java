/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.hookline.model.NamingConvention.Frame;
import io.hookline.program.Io;
import io.hookline.runtime.onnx.ShapeScan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamingTest {
    @TempDir Path folder;

    @Test
    void nodeNames_calledContainer_isNotRepeated() {
        NodeProto node = NodeProto.newBuilder().setName("/layer1/layer1.0/conv1/Conv").build();
        assertThat(new NodeNameScopes().frames(node).orElseThrow())
                .extracting(Frame::path)
                .containsExactly("layer1", "layer1.0", "layer1.0.conv1");
    }

    @Test
    void nodeNames_secondCall_isTheSameModule() {
        NodeProto node = NodeProto.newBuilder().setName("/mlp/act_1/Tanh").build();
        NodeNameScopes names = new NodeNameScopes();
        List<Frame> chain = names.frames(node).orElseThrow();
        assertThat(names.readMarks(chain, Set.of("mlp", "mlp.act", "mlp.act_1"), Set.of()))
                .containsExactly(new Frame("mlp", 0, ""), new Frame("mlp.act", 1, ""));
        assertThat(names.readMarks(chain, Set.of("mlp", "mlp.act_1"), Set.of()))
                .extracting(Frame::path)
                .containsExactly("mlp", "mlp.act_1");
        assertThat(
                        names.readMarks(
                                chain, Set.of("mlp", "mlp.act", "mlp.act_1"), Set.of("mlp.act_1")))
                .extracting(Frame::path)
                .containsExactly("mlp", "mlp.act_1");
    }

    @Test
    void dynamo_calls_areMarkedInScopes() {
        NodeProto node =
                NodeProto.newBuilder()
                        .addMetadataProps(
                                StringStringEntryProto.newBuilder()
                                        .setKey("pkg.torch.onnx.name_scopes")
                                        .setValue("['', 'mlp', \"mlp.act@2\", 'tanh']"))
                        .build();
        assertThat(new DynamoScopes().frames(node).orElseThrow())
                .containsExactly(new Frame("mlp", 0, ""), new Frame("mlp.act", 2, ""));
    }

    @Test
    void checkpoint_lostPrefix_isRestored() {
        CheckpointPaths paths =
                CheckpointPaths.of(
                        List.of("decoder", "decoder.layers.0", "decoder.layers.0.fc1", "lm_head"),
                        List.of("model.decoder.layers.0.fc1", "model.decoder.embed_tokens"));
        assertThat(paths.of("decoder.layers.0")).isEqualTo("model.decoder.layers.0");
        assertThat(paths.of("lm_head")).isEqualTo("lm_head");
    }

    @Test
    void checkpoint_wrapper_isStripped() {
        CheckpointPaths paths =
                CheckpointPaths.of(
                        List.of("model", "model.model", "model.model.layers.0", "model.lm_head"),
                        List.of("model.model.layers.0.mlp", "model.lm_head"));
        assertThat(paths.of("model.model.layers.0")).isEqualTo("model.layers.0");
        assertThat(paths.of("model.lm_head")).isEqualTo("lm_head");
        assertThat(paths.of("model")).isEmpty();
        assertThat(
                        CheckpointPaths.of(
                                        List.of("0.auto_model.encoder", "0.auto_model.pooler"),
                                        List.of("0.auto_model.encoder"))
                                .of("0.auto_model.encoder"))
                .isEqualTo("encoder");
    }

    @Test
    void checkpoint_onlyChildWithoutHead_isNoWrapper() {
        CheckpointPaths paths =
                CheckpointPaths.of(
                        List.of("encoder", "encoder.block.0", "encoder.block.1"),
                        List.of("encoder.block.0", "shared"));
        assertThat(paths.of("encoder.block.0")).isEqualTo("encoder.block.0");
    }

    @Test
    void tree_noScopes_offersTensors() throws Exception {
        ModelProto.Builder bare =
                ModelFolder.find(TestModels.path("ticketlm/model.onnx")).read().toBuilder();
        bare.getGraphBuilder().getNodeBuilderList().forEach(NodeProto.Builder::clearMetadataProps);
        Files.write(folder.resolve("model.onnx"), bare.build().toByteArray());
        ModuleTree tree =
                ModelDescription.read(
                                ModelFolder.find(folder), new ShapeScan(TestModels.ENVIRONMENT))
                        .tree();
        assertThat(tree.convention()).contains("tensor");
        assertThat(tree.sites(HookPoint.of("model.linear_6", Io.OUTPUT)))
                .extracting(Site::width)
                .containsExactly(128);
        assertThat(tree.sites(HookPoint.of("model.val_232", Io.ATTENTION))).hasSize(1);
        assertThat(tree.sites(HookPoint.of("model", Io.OUTPUT)))
                .extracting(Site::tensor)
                .containsExactly("logits");
    }

    @Test
    void signature_unknownInput_isRefused() throws Exception {
        ModelProto.Builder model =
                ModelFolder.find(TestModels.path("ticketlm/model.onnx")).read().toBuilder();
        model.getGraphBuilder()
                .addInput(model.getGraph().getInput(0).toBuilder().setName("pixel_values"));
        Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
        assertThatThrownBy(
                        () ->
                                ModelDescription.read(
                                        ModelFolder.find(folder),
                                        new ShapeScan(TestModels.ENVIRONMENT)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("pixel_values");
    }
}
