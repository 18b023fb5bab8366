/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Selector.last;
import static io.hookline.trace.Selector.positions;
import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.Tensors.zeros;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading and changing values in one block. */
class ReadWriteTest {
    @ParameterizedTest
    @EnumSource
    @Case("1")
    void output_read_isWhatTheModuleHandsOut(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    cache[0] = t.cache();
                                    t.save("hidden", t.module(m.block(1)).output());
                                });

        assertThat(result.saved("hidden").shape()).containsExactly(1, P.length, m.width());
        assertSame(result.saved("hidden"), cache[0].get(m.block(1)).output());
        assertThat(result.cuts()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Case("2")
    void input_read_isTheOutputBefore(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.save("out", t.module(m.block(1)).output());
                                    t.save("in", t.module(m.block(2)).input());
                                });

        assertSame(result.saved("in"), result.saved("out"));
    }

    @ParameterizedTest
    @EnumSource
    @Case({"3", "4"})
    void inputs_read_holdTheInputFirst(TestedModel m) {
        Tensor normed = m.plain(P, m.normBeforeAttention(2));
        Tensor before = m.plain(P, m.block(2));
        m.model()
                .trace(
                        P,
                        t -> {
                            Envoy attention = t.module(m.attention(2));
                            Inputs inputs = attention.inputs();
                            assertThat(inputs.kwargs()).isEmpty();
                            assertThat(inputs.args()).hasSize(1);
                            assertSame(inputs.args().get(0), attention.input());
                            assertSame(attention.input(), normed);
                            Envoy block = t.module(m.block(3));
                            assertSame(block.inputs().args().get(0), block.input());
                            assertSame(block.input(), before);
                        });
    }

    @ParameterizedTest
    @EnumSource
    @Case("5")
    void sameHookPoint_readTwice_givesTheSame(TestedModel m) {
        Tensor plain = m.plain(P, m.block(0));
        m.model()
                .trace(
                        P,
                        t -> {
                            Tensor once = t.module(m.block(0)).output();
                            Tensor again = t.module(m.block(0)).output();
                            assertSame(once, again);
                            assertSame(again, plain);
                        });
    }

    @ParameterizedTest
    @EnumSource
    @Case("6")
    void output_setWithoutReading_isWhatFollows(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.block(1)).output(Tensor.scalar(0));
                                    t.save("in", t.module(m.block(2)).input());
                                    t.save("logits", t.module(m.head).output());
                                });

        TraceResult fromZeros =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Tensor in = t.module(m.block(2)).input();
                                    t.module(m.block(2)).input(in.times(0));
                                    t.save("logits", t.module(m.head).output());
                                });

        assertSame(result.saved("in"), zeros(result.saved("in")));
        assertSame(result.saved("logits"), fromZeros.saved("logits"));
        assertDiffers(result.saved("logits"), m.logits(P));
        assertThat(result.cuts()).as("known before the pass").isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Case("7")
    void output_setToWhatWasReadAndMore_reachesWhatFollows(TestedModel m) {
        Tensor plain = m.plain(P, m.block(1));
        TraceResult code =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy block = t.module(m.block(1));
                                    block.output(block.output().plus(1));
                                    t.save("logits", t.module(m.head).output());
                                });
        TraceResult known =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.block(1)).output(plain.plus(1));
                                    t.save("logits", t.module(m.head).output());
                                });

        assertSame(code.saved("logits"), known.saved("logits"));
        assertDiffers(code.saved("logits"), m.logits(P));
        assertThat(code.cuts()).isEqualTo(1);
        assertThat(known.cuts()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Case("8")
    void onePosition_zeroedInPlace_changesThatPositionAlone(TestedModel m) {
        Tensor plain = m.plain(P, m.block(1));
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.block(1)).output().set(last(), 0);
                                    t.save("in", t.module(m.block(2)).input());
                                });

        Tensor in = result.saved("in");
        assertThat(in.at(last()).toFloats()).containsOnly(0);
        assertSame(in.at(Selector.range(0, 5)), plain.at(Selector.range(0, 5)));
        assertThat(plain.at(last()).norm().item()).isGreaterThan(0);
    }

    @ParameterizedTest
    @EnumSource
    @Case("9")
    void copy_takenBeforeAChangeInPlace_keepsWhatItHad(TestedModel m) {
        m.model()
                .trace(
                        P,
                        t -> {
                            Tensor live = t.module(m.block(1)).output();
                            Tensor before = live.copy();
                            live.set(Tensor.scalar(0));
                            Tensor after = t.module(m.block(1)).output();
                            assertSame(after, zeros(after));
                            assertSame(live, zeros(live));
                            assertDiffers(before, after);
                        });
    }

    @ParameterizedTest
    @EnumSource
    @Case("10")
    void embedding_scaledByNothing_readsAsZeros(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy embedding = t.module(m.embedding);
                                    embedding.output(embedding.output().times(0));
                                    t.save("again", embedding.output());
                                    t.save("logits", t.module(m.head).output());
                                });

        assertThat(result.saved("again").map(Math::abs).max()).isZero();
        assertDiffers(result.saved("logits"), m.logits(P));
    }

    @ParameterizedTest
    @EnumSource
    @Case("11")
    void input_set_isConsumedAndLeavesTheOutputBefore(TestedModel m) {
        Tensor plain = m.plain(P, m.block(1));
        Tensor other = m.plain(P2, m.block(1));
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.save("before", t.module(m.block(1)).output());
                                    t.module(m.block(2)).input(other);
                                    t.save("after", t.module(m.block(2)).output());
                                });

        assertSame(result.saved("before"), plain);
        assertClose(result.saved("after"), m.plain(P2, m.block(2)), 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"12", "13"})
    void inputs_set_replaceTheFirst(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy attention = t.module(m.attention(2));
                                    Inputs inputs = attention.inputs();
                                    Tensor doubled = inputs.args().get(0).times(2);
                                    attention.inputs(new Inputs(List.of(doubled), Map.of()));
                                    t.save("in", attention.input());
                                    t.save("doubled", doubled);
                                    t.save("out", attention.output());
                                });

        TraceResult producer =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy norm = t.module(m.normBeforeAttention(2));
                                    norm.output(norm.output().times(2));
                                    t.save("out", t.module(m.attention(2)).output());
                                });

        assertSame(result.saved("in"), result.saved("doubled"));
        assertSame(result.saved("out"), producer.saved("out"));
        assertDiffers(result.saved("out"), m.plain(P, m.attention(2)));
    }

    @ParameterizedTest
    @EnumSource
    @Case("14")
    void head_set_isTheResult(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.head).output(Tensor.scalar(3));
                                    t.save("result", t.result());
                                });

        assertThat(result.saved("result").toFloats()).containsOnly(3);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"15", "16"})
    void hookPoint_setTwice_hasTheLast(TestedModel m) {
        m.model()
                .trace(
                        P,
                        t -> {
                            t.module(m.block(1)).output(Tensor.scalar(1));
                            t.module(m.block(1)).output(Tensor.scalar(2));
                            assertThat(t.module(m.block(1)).output().toFloats()).containsOnly(2);
                            assertThat(t.module(m.block(2)).input().toFloats()).containsOnly(2);
                        });
    }

    @ParameterizedTest
    @EnumSource
    @Case("17")
    void modules_calledOnAValue_areALensAndNoVisit(TestedModel m) {
        int lastBlock = m.count() - 1;
        CacheDict[] cache = new CacheDict[1];
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    cache[0] = t.cache(CacheOption.modules(m.head));
                                    Tensor middle = t.module(m.block(2)).output();
                                    t.save(
                                            "middle",
                                            t.module(m.head).call(t.module(m.norm).call(middle)));
                                    Tensor hidden = t.module(m.block(lastBlock)).output();
                                    Tensor normed = t.module(m.norm).call(hidden);
                                    t.save("lens", t.module(m.head).call(normed));
                                    Tensor early = t.module(m.head).output();
                                    t.save("logits", early);
                                });

        assertClose(result.saved("lens"), result.saved("logits"), 1e-4);
        assertThat(cache[0].get(m.head).visits()).isEqualTo(1);
        Tensor hidden = m.plain(P, m.block(2));
        Tensor offline = m.model().module(m.head).call(m.model().module(m.norm).call(hidden));
        assertThat(offline.shape()).containsExactly(1, P.length, 1024);
        assertDiffers(offline, result.saved("logits"));
        assertSame(result.saved("middle"), offline);
    }

    @ParameterizedTest
    @EnumSource
    void attention_calledOnAValue_isRefused(TestedModel m) {
        Tensor hidden = m.plain(P, m.block(0));

        assertThatThrownBy(() -> m.model().module(m.attention(1)).call(hidden))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_PROGRAM))
                .hasMessageContaining(m.attention(1));
    }

    @ParameterizedTest
    @EnumSource
    @Case("19")
    void model_readInPieces_computesTheSameBits(TestedModel m) {
        Tensor before = m.logits(P);
        TraceResult looking =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    for (int block = 0; block < 4; block++) {
                                        assertThat(t.module(m.block(block)).output().mean())
                                                .isFinite();
                                    }
                                    t.save("logits", t.module(m.head).output());
                                });

        TraceResult untouched =
                m.model()
                        .restore(
                                """
                                {"invocations": [{"tokens": %s}], "cache": [{"modules": ["%s"]}]}
                                """
                                        .formatted(java.util.Arrays.toString(P), m.head)
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .compile()
                        .execute();

        assertSame(before.row(0), untouched.cache(0, "0").get(m.head).output());
        assertThat(looking.cuts()).isEqualTo(4);
        assertSame(looking.saved("logits"), before);
        assertSame(m.logits(P), before);
    }

    @ParameterizedTest
    @EnumSource
    @Case("20")
    void change_onACondition_happensWhereItHolds(TestedModel m) {
        float threshold = (m.plain(P, m.block(0)).mean() + m.plain(P2, m.block(0)).mean()) / 2;
        boolean higher = m.plain(P, m.block(0)).mean() > threshold;
        Block block =
                t -> {
                    if (t.module(m.block(0)).output().mean() > threshold == higher) {
                        t.module(m.block(1)).output(Tensor.scalar(0));
                    }
                    t.save("logits", t.module(m.head).output());
                };

        assertDiffers(m.model().trace(P, block).saved("logits"), m.logits(P));
        assertSame(m.model().trace(P2, block).saved("logits"), m.logits(P2));
    }

    @ParameterizedTest
    @EnumSource
    void sameBlocks_tracedAgain_runInOneGoWithTheSameBits(TestedModel m) {
        Block block =
                t -> {
                    Envoy first = t.module(m.block(1));
                    first.output(first.output().plus(t.module(m.block(1)).output().mean()));
                    Envoy second = t.module(m.block(3));
                    second.output().set(positions(0, -1), second.output().max());
                    t.save("logits", t.module(m.head).output());
                };

        TraceResult once = m.model().trace(P, block);
        TraceResult again = m.model().trace(P, block);
        TraceResult shorter = m.model().trace(TestedModel.Q, block);

        assertSame(again.saved("logits"), once.saved("logits"));
        assertThat(again.cuts()).isEqualTo(2);
        assertThat(shorter.saved("logits").shape()).containsExactly(1, 3, 1024);
    }

    @ParameterizedTest
    @EnumSource
    void attention_readAndZeroed_changesTheOutput(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy attention = t.module(m.attention(1));
                                    Tensor probabilities = attention.attention();
                                    t.save("sum", probabilities.mean(1).mean(1).dot(ones()));
                                    attention.attention(probabilities.times(0));
                                    t.save("out", attention.output());
                                });

        assertThat(result.saved("sum").item()).isBetween(0.999f, 1.001f);
        assertDiffers(result.saved("out"), m.plain(P, m.attention(1)));
    }

    private static Tensor ones() {
        return Tensor.vector(1, 1, 1, 1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource
    void units_setInPlace_changeThoseAlone(TestedModel m) {
        Tensor plain = m.plain(P, m.block(1));
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    t.module(m.block(1)).output().set(Selector.units(3, 5), 7);
                                    t.save("in", t.module(m.block(2)).input());
                                });

        Tensor in = result.saved("in");
        assertThat(in.at(Selector.units(3, 5)).toFloats()).containsOnly(7);
        assertSame(in.at(Selector.units(4, 6)), plain.at(Selector.units(4, 6)));
    }

    @ParameterizedTest
    @EnumSource
    void outputs_readAndSet_areTheOneThatThereIs(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Envoy block = t.module(m.block(1));
                                    block.outputs(List.of(block.outputs().get(0).times(2)));
                                    t.save("next", t.module(m.block(2)).input());
                                });
        Tensor doubled = m.plain(P, m.block(1)).times(2);
        assertThat(result.saved("next").sameAs(doubled)).isTrue();

        List<Tensor> two = List.of(doubled, doubled);
        assertThatThrownBy(() -> m.model().trace(P, t -> t.module(m.block(1)).outputs(two)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("'" + m.block(1) + "' hands out 1 tensor, got 2");
    }
}
