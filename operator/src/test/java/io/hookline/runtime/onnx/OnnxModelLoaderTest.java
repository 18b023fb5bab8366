/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.model.TestModels;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Weights;
import io.hookline.schema.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxModelLoaderTest {
    @TempDir private Path folder;

    @Test
    void load_otherDigestThanPinned_isRefusedBeforeAnythingIsMade() throws Exception {
        OnnxModelLoader loader = new OnnxModelLoader(folder.resolve("cache"));
        assertThatThrownBy(() -> loader.load(pinned("00".repeat(32))))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNKNOWN_MODEL))
                .hasMessageContaining("it must have 0000");
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void load_pinnedDigest_opensAndSaysVersionAndDigest() throws Exception {
        OnnxModelLoader loader = new OnnxModelLoader(folder.resolve("cache"));
        String digest;
        try (ModelRuntime any = loader.load(ModelSpec.cpu(TestModels.path(TestEngine.TICKETLM)))) {
            digest = any.info().digest();
        }
        try (ModelRuntime pinned = loader.load(pinned(digest))) {
            assertThat(pinned.info().digest()).isEqualTo(digest);
            assertThat(pinned.info().version()).hasValue("7");
        }
    }

    @Test
    void stamp_filesThatChange_isAnotherOne() throws Exception {
        OnnxModelLoader loader = new OnnxModelLoader(folder.resolve("cache"));
        Path model = Files.writeString(folder.resolve("model.onnx"), "one");
        ModelSpec spec = ModelSpec.cpu(folder);
        String before = loader.stamp(spec);
        assertThat(loader.stamp(spec)).isEqualTo(before).isNotEmpty();
        Files.setLastModifiedTime(model, FileTime.fromMillis(1_000));
        String touched = loader.stamp(spec);
        assertThat(touched).isNotEqualTo(before);
        Files.writeString(folder.resolve("weights.data"), "x");
        assertThat(loader.stamp(spec)).isNotEqualTo(touched);
        assertThat(loader.stamp(ModelSpec.cpu(folder.resolve("none")))).isEmpty();
    }

    @Test
    void load_noTokenizer_runsTokensAndRefusesText() throws Exception {
        OnnxModelLoader loader = new OnnxModelLoader(folder.resolve("cache"));
        try (ModelRuntime model =
                loader.load(ModelSpec.cpu(TestModels.path("tiny-neox/model.onnx")))) {
            TestProgram tokens = TestProgram.of(new int[] {5, 6, 7});
            TraceOutcome outcome =
                    model.run(
                                    List.of(
                                            model.plan(
                                                    program(
                                                            tokens.with(
                                                                            "generate",
                                                                            "{'max_new_tokens': 2}")
                                                                    .json()))))
                            .get(0);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            TraceOutcome.Completed.class,
                            completed -> {
                                RowOutcome row = completed.rows().get(0);
                                assertThat(row.generated()).hasSize(2);
                                assertThat(row.text()).isEmpty();
                            });
            JsonNode text = TestProgram.json("{'invocations': [{'prompt': 'Hello'}]}");
            assertThatThrownBy(() -> model.plan(program(text)))
                    .isInstanceOfSatisfying(
                            ProgramException.class,
                            refused -> {
                                Problem problem = refused.problems().get(0);
                                assertThat(problem.code()).isEqualTo(ErrorCode.UNSUPPORTED_MODEL);
                                assertThat(problem.pointer()).isEqualTo("/invocations/0/prompt");
                                assertThat(problem.message()).contains("no 'tokenizer.json'");
                            });
        }
    }

    private static Program program(JsonNode document) throws ProgramException {
        return ProgramReader.read(document);
    }

    private static ModelSpec pinned(String digest) throws Exception {
        return new ModelSpec(
                TestModels.path(TestEngine.TICKETLM),
                Optional.empty(),
                Optional.empty(),
                new Device.Cpu(),
                1,
                Weights.AS_STORED,
                new ModelSpec.Pin(Optional.of("7"), Optional.of(digest)));
    }
}
