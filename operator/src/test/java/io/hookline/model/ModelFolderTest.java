/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
    @TempDir Path folder;

    @Test
    void find_fileInVariants_takesTheTokenizerAbove() throws Exception {
        Path file = TestModels.path("ticketlm/variants/torchscript.onnx");
        ModelFolder found = ModelFolder.find(file);
        assertThat(found.model()).isEqualTo(file);
        assertThat(found.tokenizer()).contains(TestModels.path("ticketlm/tokenizer.json"));
        assertThat(found.config()).contains(TestModels.path("ticketlm/config.json"));
        assertThat(found.name()).isEqualTo("ticketlm");
    }

    @Test
    void find_onnxSubfolder_isFound() throws Exception {
        Files.createDirectories(folder.resolve("onnx"));
        Files.writeString(folder.resolve("onnx/model.onnx"), "");
        Files.writeString(folder.resolve("config.json"), "{}");
        ModelFolder found = ModelFolder.find(folder);
        assertThat(found.model()).isEqualTo(folder.resolve("onnx/model.onnx"));
        assertThat(found.name()).isEqualTo(String.valueOf(folder.getFileName()));
        assertThat(found.sidecar()).isEmpty();
    }

    @Test
    void find_nothingThere_saysWhatWasLookedFor() {
        assertThatThrownBy(() -> ModelFolder.find(folder))
                .hasMessageContaining("no 'model.onnx' and no 'onnx/model.onnx'")
                .hasMessageContaining(folder.toString())
                .asInstanceOf(InstanceOfAssertFactories.type(ModelException.class))
                .extracting(ModelException::code)
                .isEqualTo(ErrorCode.UNKNOWN_MODEL);
    }

    @Test
    void read_notAModel_isUnsupported() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "this is no protocol buffer");
        assertThatThrownBy(() -> ModelFolder.find(folder).read())
                .asInstanceOf(InstanceOfAssertFactories.type(ModelException.class))
                .extracting(ModelException::code)
                .isEqualTo(ErrorCode.UNSUPPORTED_MODEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../weights.data", "/etc/hostname", "sub/../../weights.data", "link/w"})
    void read_externalDataOutsideTheFolder_isRefused(String location, @TempDir Path elsewhere)
            throws Exception {
        Files.writeString(elsewhere.resolve("w"), "secret");
        Files.createSymbolicLink(folder.resolve("link"), elsewhere);
        write(withExternal(gpt2(), 0, location));
        assertThatThrownBy(() -> ModelFolder.find(folder).read())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'" + location + "'")
                .hasMessageContaining("outside the model's folder");
    }

    @Test
    void read_fileThatIsALinkOutOfTheFolder_isRefused(@TempDir Path elsewhere) throws Exception {
        Path secret = Files.writeString(elsewhere.resolve("w"), "secret");
        Files.createSymbolicLink(folder.resolve("weights.data"), secret);
        write(withExternal(gpt2(), 0, "weights.data"));
        assertThatThrownBy(() -> ModelFolder.find(folder).read())
                .hasMessageContaining("outside the model's folder");
    }

    @Test
    void read_modelAndWeightsLinkedToOnePlace_isRead(@TempDir Path blobs) throws Exception {
        write(withExternal(gpt2(), 0, "weights.data"));
        Files.move(folder.resolve("model.onnx"), blobs.resolve("0a"));
        Files.createSymbolicLink(folder.resolve("model.onnx"), blobs.resolve("0a"));
        Path weights = Files.writeString(blobs.resolve("0b"), "weights");
        Files.createSymbolicLink(folder.resolve("weights.data"), weights);
        ModelFolder found = ModelFolder.find(folder);
        assertThat(found.externalData(found.read()))
                .containsExactly(folder.toAbsolutePath().resolve("weights.data"));
    }

    @Test
    void read_externalDataMissing_namesTheFile() throws Exception {
        write(withExternal(gpt2(), 0, "weights.data"));
        assertThatThrownBy(() -> ModelFolder.find(folder).read())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(folder.resolve("weights.data").toString());
    }

    @Test
    void digest_externalDataChanges_changes() throws Exception {
        Files.writeString(folder.resolve("weights.data"), "one");
        write(withExternal(gpt2(), 0, "weights.data"));
        ModelFolder found = ModelFolder.find(folder);
        String before = found.digest(found.read());
        assertThat(before).matches("[0-9a-f]{64}");
        assertThat(found.digest(found.read())).isEqualTo(before);
        Files.writeString(folder.resolve("weights.data"), "two");
        assertThat(found.digest(found.read())).isNotEqualTo(before);
    }

    private static ModelProto gpt2() throws Exception {
        return ModelFolder.find(TestModels.path("gpt2-12")).read();
    }

    private static ModelProto withExternal(ModelProto model, int index, String location) {
        ModelProto.Builder out = model.toBuilder();
        out.getGraphBuilder()
                .getInitializerBuilder(index)
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location));
        return out.build();
    }

    private void write(ModelProto model) throws IOException {
        Files.write(folder.resolve("model.onnx"), model.toByteArray());
    }
}
