/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.runtime.Device;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A module that is called three times in one forward pass. */
class SharedModuleTest {
    private static final String LAYER = "model.encoder.albert_layer_groups.0.albert_layers.0";
    private static final int[] TOKENS = {2, 7, 11, 3};

    private static io.hookline.runtime.ModelRuntime runtime;
    private static LanguageModel model;

    @BeforeAll
    static void open() throws Exception {
        Path models = Path.of("src/test/resources/models");
        runtime =
                new OnnxModelLoader(Path.of("target/test-cache"))
                        .load(
                                new ModelSpec(
                                        models.resolve("architectures/albert-dynamo"),
                                        Optional.empty(),
                                        Optional.of(models.resolve("ticketlm/tokenizer.json")),
                                        new Device.Cpu(),
                                        1));
        model = LanguageModel.of(runtime);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    @Test
    @Case({"89", "124"})
    void loop_overCalls_readsAndChangesEachAlone() {
        CacheDict[] plain = new CacheDict[1];
        List<Tensor> read = new ArrayList<>();
        Tensor first =
                model.trace(
                                TOKENS,
                                t -> {
                                    plain[0] = t.cache();
                                    t.save("first", t.module(LAYER).output());
                                    for (int unused : t.iter(1, 3)) {
                                        read.add(t.module(LAYER).output().save());
                                    }
                                })
                        .saved("first");

        List<Entry> calls = plain[0].get(LAYER).entries();
        assertThat(calls).hasSize(3);
        assertSame(first, calls.get(0).output());
        assertSame(read.get(0), calls.get(1).output());
        assertSame(read.get(1), calls.get(2).output());
        assertDiffers(read.get(0), read.get(1));

        CacheDict[] changed = new CacheDict[1];
        model.trace(
                TOKENS,
                t -> {
                    changed[0] = t.cache();
                    for (int unused : t.iter(1)) {
                        t.module(LAYER).output(Tensor.scalar(0));
                    }
                });
        List<Entry> after = changed[0].get(LAYER).entries();
        assertSame(after.get(0).output(), calls.get(0).output());
        assertThat(after.get(1).output().toFloats()).containsOnly(0);
        assertDiffers(after.get(2).output(), calls.get(2).output());
    }

    @Test
    void openLoop_overCalls_endsWithTheLast() {
        List<Tensor> read = new ArrayList<>();
        model.trace(
                TOKENS,
                t -> {
                    for (int unused : t.all()) {
                        read.add(t.module(LAYER).output().save());
                    }
                });

        assertThat(read).hasSize(3);
    }
}
