/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs that a block ends early. */
class StopTest {
    @ParameterizedTest
    @EnumSource
    @Case({"67", "69", "112"})
    void stop_afterAValue_keepsItAndRunsNothingBehind(TestedModel m) {
        for (boolean looks : new boolean[] {false, true}) {
            CacheDict[] cache = new CacheDict[1];
            List<String> log = new ArrayList<>();
            TraceResult result =
                    m.model()
                            .trace(
                                    P,
                                    t -> {
                                        cache[0] = t.cache();
                                        Tensor hidden = t.module(m.block(1)).output();
                                        t.save("hidden", hidden);
                                        if (looks) {
                                            hidden.mean();
                                        }
                                        log.add("before");
                                        t.stop();
                                        log.add("after");
                                    });

            assertSame(result.saved("hidden"), m.plain(P, m.block(1)));
            assertThat(log).containsExactly("before");
            assertThat(cache[0].keys())
                    .contains(m.embedding, m.block(0), m.mlp(1), m.block(1))
                    .doesNotContain(m.block(2), m.mlp(2), m.head);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("68")
    void stop_beforeAnything_runsNothing(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        m.model()
                .trace(
                        P,
                        t -> {
                            cache[0] = t.cache();
                            t.stop();
                        });

        assertThat(cache[0].keys()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Case("70")
    void stop_whenTheOthersAreDone_keepsTheirs(TestedModel m) {
        Block stopping =
                t -> {
                    t.save("a", t.module(m.block(2)).output());
                    t.stop();
                };
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(P, stopping);
                                    tracer.invoke(
                                            P2, t -> t.save("b", t.module(m.block(1)).output()));
                                });
        assertThat(result.saved()).containsOnlyKeys("a", "b");

        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(P, stopping);
                                                    tracer.invoke(
                                                            P2, t -> t.module(m.block(3)).output());
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContaining("invocation 1")
                .hasMessageContaining(m.block(3) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("71")
    void stop_inAGeneration_endsItInThatStep(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        TraceResult result =
                m.model()
                        .generate(
                                4,
                                tracer ->
                                        tracer.invoke(
                                                P,
                                                t -> {
                                                    cache[0] = t.cache();
                                                    for (int step : t.iter(0, 4)) {
                                                        t.module(m.block(0)).output();
                                                        if (step == 1) {
                                                            t.stop();
                                                        }
                                                    }
                                                }));

        assertThat(cache[0].get(m.block(0)).visits()).isEqualTo(2);
        assertThat(cache[0].get(m.block(1)).visits()).isEqualTo(1);
        assertThat(result.generated(0)).hasSize(1);
    }
}
