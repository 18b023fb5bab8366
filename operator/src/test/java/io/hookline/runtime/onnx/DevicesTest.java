/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.model.TestModels;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelSpec;
import io.hookline.schema.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model runs on is known when it is loaded, not when the first event arrives. */
final class DevicesTest {
    @TempDir private Path cache;

    @Test
    void load_onAGpuThatIsNotThere_isRefusedAndNamesIt() throws Exception {
        // Where ONNX Runtime has CUDA, index 999 still names no GPU.
        ModelSpec spec =
                new ModelSpec(
                        TestModels.path("gpt2-12/model.onnx"),
                        Optional.empty(),
                        Optional.empty(),
                        new Device.Cuda(999),
                        1);

        ModelLoadException refused =
                catchThrowableOfType(
                        ModelLoadException.class, () -> new OnnxModelLoader(cache).load(spec));

        assertThat(refused.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE);
        assertThat(refused.getMessage()).contains("cuda:999");
        try (Stream<Path> built = Files.list(cache)) {
            assertThat(built).as("nothing is built for a device that is not there").isEmpty();
        }
    }

    @Test
    void entry_forGpus_isAnotherThanForTheProcessor() throws Exception {
        CanonicalStore store = new CanonicalStore(cache);
        CanonicalStore.Source cpu = StoreOpening.source("gpt2-12/model.onnx");
        CanonicalStore.Source gpu =
                new CanonicalStore.Source(
                        cpu.digest(),
                        cpu.graph(),
                        cpu.tree(),
                        cpu.externalData(),
                        new CanonicalStore.Form(cpu.form().weights(), false));

        try (CanonicalStore.Entry packed = store.entry(cpu);
                CanonicalStore.Entry plain = store.entry(gpu)) {
            assertThat(plain.folder()).isNotEqualTo(packed.folder());
            assertThat(Files.size(plain.folder().resolve("weights.data")))
                    .as("without a second, packed copy of the matrices")
                    .isLessThan(Files.size(packed.folder().resolve("weights.data")));
        }
    }
}
