/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.runtime.ModelLoadException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagedModelsTest {
    @TempDir private Path folder;

    @Test
    void resolve_ticketlm_isInTheClone() throws Exception {
        Path model = new PackagedModels(HooklineHome.find()).resolve("ticketlm");

        assertThat(model).endsWith(Path.of("examples/models/ticketlm"));
        assertThat(model.resolve("model.onnx")).isRegularFile();
        assertThat(model.resolve("tokenizer.json")).isRegularFile();
    }

    @Test
    void resolve_ticketlmOutsideAClone_saysWhereItLooked() {
        PackagedModels models = new PackagedModels(new HooklineHome(folder));

        assertThatThrownBy(() -> models.resolve("ticketlm"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("-Dhookline.home");
    }

    @Test
    void resolve_minilmByManyAtOnce_unpacksOneWholeModel() {
        PackagedModels models = new PackagedModels(new HooklineHome(folder));

        List<Path> found =
                IntStream.range(0, 4)
                        .parallel()
                        .mapToObj(caller -> unpacked(models))
                        .distinct()
                        .toList();

        assertThat(found).hasSize(1);
        assertThat(found.get(0).resolve("model.onnx")).isRegularFile();
        assertThat(found.get(0).resolve("tokenizer.json")).isRegularFile();
        assertThat(folder.resolve(".hookline/models").toFile().list())
                .as("nothing half-made is left")
                .hasSize(1);
    }

    private static Path unpacked(PackagedModels models) {
        try {
            return models.resolve("minilm");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void resolve_folderOfThatName_isTheFolder() throws Exception {
        Path model = Files.createDirectory(folder.resolve("mine"));

        assertThat(new PackagedModels(new HooklineHome(folder)).resolve(model.toString()))
                .isEqualTo(model);
    }

    @Test
    void resolve_unknownName_listsWhatIsAllowed() {
        PackagedModels models = new PackagedModels(new HooklineHome(folder));

        assertThatThrownBy(() -> models.resolve("tiketlm"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("no model 'tiketlm'")
                .hasMessageContaining("'ticketlm', 'minilm'");
        assertThatThrownBy(() -> models.resolve("hf://owner/repo"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("'hf://owner/repo' can't be fetched");
    }
}
