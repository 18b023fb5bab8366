/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Modules that are left out. */
class SkipTest {
    @ParameterizedTest
    @EnumSource
    @Case("58")
    void block_skippedWithItsInput_changesNothingOnTheWay(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy block = t.module(m.block(1));
                                    Tensor in = block.input();
                                    t.save("in", in);
                                    block.skip(in);
                                    t.save("next", t.module(m.block(2)).input());
                                    t.save("logits", t.module(m.head).output());
                                });
        Tensor before = m.plain(P, m.block(0));
        TraceResult replaced =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.block(1)).output(before);
                                    t.save("logits", t.module(m.head).output());
                                });

        assertSame(result.saved("next"), result.saved("in"));
        assertSame(result.saved("logits"), replaced.saved("logits"));
        assertDiffers(result.saved("logits"), m.logits(P));
    }

    @ParameterizedTest
    @EnumSource
    @Case("59")
    void mlp_skippedWithZeros_readsAsZeros(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.mlp(1)).skip(Tensor.scalar(0));
                                    t.save("out", t.module(m.mlp(1)).output());
                                    t.save("logits", t.module(m.head).output());
                                });

        TraceResult zeroed =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.mlp(1)).output(Tensor.scalar(0));
                                    t.save("logits", t.module(m.head).output());
                                });

        assertThat(result.saved("out").toFloats()).containsOnly(0);
        assertSame(result.saved("logits"), zeroed.saved("logits"));
        assertDiffers(result.saved("logits"), m.logits(P));
    }

    @ParameterizedTest
    @EnumSource
    @Case("60")
    void module_insideASkippedOne_neverComes(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                P,
                                                t -> {
                                                    t.module(m.block(1)).skip(Tensor.scalar(0));
                                                    t.module(m.mlp(1)).output();
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContaining(m.mlp(1) + ".output.i0")
                .hasMessageContaining("skipped");
    }

    @ParameterizedTest
    @EnumSource
    @Case("61")
    void module_skippedAfterItsOutputWasRead_isRefused(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                P,
                                                t -> {
                                                    t.module(m.block(1)).output();
                                                    t.module(m.block(1)).skip(Tensor.scalar(0));
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER));
    }

    @ParameterizedTest
    @EnumSource
    @Case("62")
    void twoBlocks_skippedOneAfterTheOther_areBothLeftOut(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Tensor in = t.module(m.block(1)).input();
                                    t.module(m.block(1)).skip(in);
                                    t.module(m.block(2)).skip(t.module(m.block(2)).input());
                                    t.save("next", t.module(m.block(3)).input());
                                });

        assertSame(result.saved("next"), m.plain(P, m.block(0)));
    }

    @ParameterizedTest
    @EnumSource
    @Case("63")
    void twoInvocations_thatSkip_haveEachTheirOwnValue(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    for (int i = 1; i < 3; i++) {
                                        int value = i;
                                        tracer.invoke(
                                                i == 1 ? P : P2,
                                                t -> {
                                                    t.module(m.block(1)).skip(Tensor.scalar(value));
                                                    t.save(
                                                            "in" + value,
                                                            t.module(m.block(2)).input());
                                                });
                                    }
                                });

        assertThat(result.saved("in1").toFloats()).containsOnly(1);
        assertThat(result.saved("in2").toFloats()).containsOnly(2);
    }

    @ParameterizedTest
    @EnumSource
    @Case("64")
    void oneOfTwoInvocations_maySkipAlone(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                t.module(m.block(1)).skip(Tensor.scalar(0));
                                                t.save("own", t.module(m.block(2)).input());
                                            });
                                    tracer.invoke(
                                            P2,
                                            t -> {
                                                t.save("mlp", t.module(m.mlp(1)).output());
                                                t.save("in", t.module(m.block(2)).input());
                                            });
                                });

        assertThat(result.saved("own").toFloats()).containsOnly(0);
        assertClose(result.saved("mlp"), m.plain(P2, m.mlp(1)), 1e-4);
        assertClose(result.saved("in"), m.plain(P2, m.block(1)), 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    @Case("65")
    void block_skippedAtOneStep_runsAtTheOthers(TestedModel m) {
        CacheDict[] caches = new CacheDict[2];
        m.model()
                .generate(
                        3,
                        tracer ->
                                tracer.invoke(
                                        P,
                                        t -> {
                                            caches[0] = t.cache();
                                            for (int unused : t.iter(1)) {
                                                Tensor in = t.module(m.block(1)).input();
                                                t.module(m.block(1)).skip(in);
                                            }
                                        }));
        m.model().generate(3, tracer -> tracer.invoke(P, t -> caches[1] = t.cache()));

        CacheDict skipped = caches[0].get(m.block(1));
        assertThat(skipped.visits()).isEqualTo(3);
        assertSame(skipped.visit(0).output(), caches[1].get(m.block(1)).visit(0).output());
        assertSame(skipped.visit(1).output(), caches[0].get(m.block(0)).visit(1).output());
        assertThat(caches[0].get(m.mlp(1)).visits()).isEqualTo(2);
        assertDiffers(skipped.visit(2).output(), caches[0].get(m.block(0)).visit(2).output());
    }

    @ParameterizedTest
    @EnumSource
    @Case("66")
    void cache_ofASkippedBlock_hasTheReplacementAndNothingInside(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        m.model()
                .trace(
                        P,
                        t -> {
                            cache[0] = t.cache();
                            t.module(m.block(1)).skip(Tensor.scalar(2));
                        });

        assertThat(cache[0].get(m.block(1)).output().toFloats()).containsOnly(2);
        assertThat(cache[0].keys())
                .contains(m.block(0), m.mlp(0), m.block(2))
                .doesNotContain(m.mlp(1), m.attention(1));
    }
}
