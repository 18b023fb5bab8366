/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.program.Io;
import io.hookline.runtime.onnx.ShapeScan;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarTest {
    @TempDir Path folder;

    private ModuleTree tree(String sidecar) throws Exception {
        Files.copy(TestModels.path("gpt2-12/model.onnx"), folder.resolve("model.onnx"));
        Files.writeString(folder.resolve("hookline.json"), sidecar);
        return ModelDescription.read(
                        ModelFolder.find(folder), new ShapeScan(TestModels.ENVIRONMENT))
                .tree();
    }

    @Test
    void rename_module_takesWhatIsInsideAlong() throws Exception {
        ModuleTree tree = tree("{\"rename\": {\"model.transformer.h\": \"model.layers\"}}");
        assertThat(tree.matching("model.layers.*")).hasSize(12);
        assertThat(tree.module("model.transformer.h.3.mlp")).isEmpty();
        assertThat(tree.sites(HookPoint.of("model.layers.3.mlp", Io.OUTPUT))).hasSize(1);
    }

    @Test
    void points_newAndKnown_areSet() throws Exception {
        ModuleTree tree =
                tree(
                        """
                        {"points": {
                          "model.embedded.output": "/transformer/Add_output_0",
                          "model.transformer.wte.output": "/transformer/wpe/Gather_output_0"}}
                        """);
        Site added = tree.sites(HookPoint.of("model.embedded", Io.OUTPUT)).get(0);
        assertThat(added.width()).isEqualTo(48);
        assertThat(added.edges()).isNotEmpty();
        Site first = tree.sites(HookPoint.of("model.transformer.h.0", Io.OUTPUT)).get(0);
        assertThat(added.order()).isLessThan(first.order());
        assertThat(tree.sites(HookPoint.of("model.transformer.wte", Io.OUTPUT)))
                .extracting(Site::tensor)
                .containsExactly("/transformer/wpe/Gather_output_0");
        assertThat(tree.modules().stream().flatMap(m -> m.sites().stream()).map(Site::order))
                .doesNotHaveDuplicates();
    }

    @Test
    void file_wrongNames_pointAtTheNearest() {
        assertThatThrownBy(() -> tree("{\"rename\": {\"model.transformer.g\": \"model.x\"}}"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no module 'model.transformer.g'")
                .hasMessageContaining("did you mean 'model.transformer.h'?");
    }

    @Test
    void file_unknownTensor_isRefused() {
        assertThatThrownBy(
                        () ->
                                tree(
                                        "{\"points\": {\"model.a.output\": \"/transformer/Add_outpt_0\"}}"))
                .hasMessageContaining("no tensor '/transformer/Add_outpt_0'")
                .hasMessageContaining("did you mean '/transformer/Add_output_0'?");
    }

    @Test
    void file_unknownField_isRefused() {
        assertThatThrownBy(() -> tree("{\"renames\": {}}"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("unknown field 'renames'")
                .hasMessageContaining("did you mean 'rename'?");
    }

    @Test
    void file_pointWithoutIo_isRefused() {
        assertThatThrownBy(() -> tree("{\"points\": {\"model.a\": \"logits\"}}"))
                .hasMessageContaining("hook point 'model.a' doesn't end in");
    }
}
