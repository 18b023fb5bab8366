/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.Q;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.runtime.ModelRuntime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same trace on other exports of the same model, one of them without a KV cache. */
class ExportsTest {
    private static final TestedModel M = TestedModel.TICKETLM;

    /** What a generation with changes at each step gave. */
    private record Made(List<int[]> generated, List<Tensor> hidden, List<Tensor> attention) {}

    private static Made made(LanguageModel model) {
        List<CacheDict> caches = new ArrayList<>();
        TraceResult result =
                model.generate(
                        IterationTest.endless(4),
                        tracer -> {
                            tracer.invoke(
                                    P,
                                    t -> {
                                        caches.add(t.cache(CacheOption.modules(M.block(4))));
                                        for (int step : t.all()) {
                                            Envoy block = t.module(M.block(1));
                                            Tensor in = block.input();
                                            if (step == 2) {
                                                block.skip(in);
                                            } else {
                                                block.output().set(Selector.last(), in.mean());
                                            }
                                            Tensor mlp = t.module(M.mlp(2)).output();
                                            mlp.set(mlp.times(1.5));
                                        }
                                    });
                            tracer.invoke(
                                    Q,
                                    t -> {
                                        caches.add(
                                                t.cache(
                                                        CacheOption.modules(M.attention(3)),
                                                        CacheOption.includeAttention(true)));
                                        t.module(M.block(2)).output(Tensor.scalar(0.25));
                                    });
                        });
        return new Made(
                List.of(result.generated(0), result.generated(1)),
                List.copyOf(caches.get(0).get(M.block(4)).outputs()),
                caches.get(1).get(M.attention(3)).entries().stream()
                        .map(Entry::attention)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nocache", "torchscript"})
    void generation_withChangesAtEachStep_isTheSameOnEveryExport(String variant) {
        Made expected = made(M.model());
        try (ModelRuntime runtime =
                TestedModel.open(M.path().resolve("variants/" + variant + ".onnx"))) {
            Made actual = made(LanguageModel.of(runtime));

            assertThat(actual.generated()).containsExactlyElementsOf(expected.generated());
            assertThat(actual.hidden()).hasSize(4);
            for (int step = 0; step < 4; step++) {
                assertClose(actual.hidden().get(step), expected.hidden().get(step), 2e-3);
                assertClose(actual.attention().get(step), expected.attention().get(step), 1e-3);
            }
        }
    }
}
