/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static io.hookline.trace.TestedModel.Q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several invocations in one forward pass. */
class InvokeTest {
    private static final double BATCHED = 1e-4;

    @ParameterizedTest
    @EnumSource
    @Case("33")
    void twoPrompts_ofOneLength_areEachAsAlone(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P, t -> t.save("a", t.module(m.block(3)).output()));
                                    tracer.invoke(
                                            P2, t -> t.save("b", t.module(m.block(3)).output()));
                                });

        assertThat(result.rows()).isEqualTo(2);
        assertClose(result.saved("a"), m.plain(P, m.block(3)), BATCHED);
        assertClose(result.saved("b"), m.plain(P2, m.block(3)), BATCHED);
    }

    @ParameterizedTest
    @EnumSource
    @Case("34")
    void twoPrompts_ofDifferentLengths_seeTheirOwnTokens(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(P, t -> t.save("a", t.module(m.head).output()));
                                    tracer.invoke(Q, t -> t.save("b", t.module(m.head).output()));
                                });

        assertThat(result.saved("b").shape()).containsExactly(1, Q.length, 1024);
        assertClose(result.saved("a"), m.logits(P), BATCHED);
        assertClose(result.saved("b"), m.logits(Q), BATCHED);
    }

    @ParameterizedTest
    @EnumSource
    @Case("35")
    void promptsInOneInvocation_areItsRows(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            new int[][] {P, P2},
                                            t -> {
                                                assertThat(t.firstRow()).isZero();
                                                assertThat(t.rows()).isEqualTo(2);
                                                t.save("two", t.module(m.block(1)).output());
                                            });
                                    tracer.invoke(
                                            Q, t -> t.save("one", t.module(m.block(1)).output()));
                                });

        assertThat(result.saved("two").shape()).containsExactly(2, P.length, m.width());
        assertThat(result.saved("one").shape()).containsExactly(1, Q.length, m.width());
        assertClose(result.saved("two").row(0), m.plain(P, m.block(1)).row(0), BATCHED);
        assertClose(result.saved("two").row(-1), m.plain(P2, m.block(1)).row(0), BATCHED);
        assertClose(result.saved("one"), m.plain(Q, m.block(1)), BATCHED);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"36", "37", "47"})
    void change_inOneInvocation_leavesTheOthers(TestedModel m) {
        for (boolean inPlace : new boolean[] {false, true}) {
            TraceResult result =
                    m.model()
                            .trace(
                                    tracer -> {
                                        tracer.invoke(
                                                P, t -> t.save("a", t.module(m.head).output()));
                                        tracer.invoke(
                                                P2,
                                                t -> {
                                                    if (inPlace) {
                                                        t.module(m.block(1))
                                                                .output()
                                                                .set(Tensor.scalar(0));
                                                    } else {
                                                        t.module(m.block(1))
                                                                .output(Tensor.scalar(0));
                                                    }
                                                    t.save("b", t.module(m.head).output());
                                                });
                                        tracer.invoke(
                                                P, t -> t.save("c", t.module(m.head).output()));
                                    });

            assertClose(result.saved("a"), m.logits(P), BATCHED);
            assertClose(result.saved("c"), m.logits(P), BATCHED);
            Tensor alone =
                    m.model()
                            .trace(
                                    P2,
                                    t -> {
                                        t.module(m.block(1)).output(Tensor.scalar(0));
                                        t.save("b", t.module(m.head).output());
                                    })
                            .saved("b");
            assertClose(result.saved("b"), alone, BATCHED);
            assertThat(result.saved("b").minus(m.logits(P2)).map(Math::abs).max())
                    .isGreaterThan(0.1f);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("38")
    void emptyInvocation_seesTheWholeBatch(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(P, t -> {});
                                    tracer.invoke(Q, t -> {});
                                    tracer.invoke(
                                            t -> t.save("all", t.module(m.block(2)).output()));
                                });

        Tensor all = result.saved("all");
        assertThat(all.shape()).containsExactly(2, P.length, m.width());
        assertThat(all.lengths()).containsExactly(P.length, Q.length);
        assertClose(all.row(0), m.plain(P, m.block(2)).row(0), BATCHED);
        assertClose(
                all.row(1).at(Selector.range(0, Q.length)), m.plain(Q, m.block(2)).row(0), BATCHED);
        assertThat(all.row(1).at(Selector.range(Q.length, P.length)).toFloats()).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    @Case("39")
    void emptyInvocation_first_isSeenByThoseAfter(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            t -> {
                                                t.save("read", t.module(m.block(0)).output());
                                                t.module(m.block(1)).output().set(Tensor.scalar(4));
                                            });
                                    tracer.invoke(
                                            P, t -> t.save("a", t.module(m.block(1)).output()));
                                    tracer.invoke(
                                            Q, t -> t.save("b", t.module(m.block(1)).output()));
                                });

        assertClose(result.saved("read").row(0), m.plain(P, m.block(0)).row(0), BATCHED);
        assertThat(result.saved("read").lengths()).containsExactly(P.length, Q.length);
        assertThat(result.saved("a").toFloats()).containsOnly(4);
        assertThat(result.saved("b").toFloats()).containsOnly(4);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"40", "41b"})
    void emptyInvocation_between_isSeenByThoseAfterAlone(TestedModel m) {
        List<String> log = new ArrayList<>();
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                t.save("a", t.module(m.block(1)).output().copy());
                                                log.add("a");
                                                t.save("next", t.module(m.block(2)).input());
                                            });
                                    tracer.invoke(
                                            t -> {
                                                Tensor all = t.module(m.block(1)).output();
                                                all.mean();
                                                all.set(Tensor.scalar(5));
                                                log.add("e");
                                            });
                                    tracer.invoke(
                                            P2,
                                            t -> {
                                                t.save("b", t.module(m.block(1)).output().copy());
                                                log.add("b");
                                            });
                                });

        assertClose(result.saved("a"), m.plain(P, m.block(1)), BATCHED);
        assertThat(result.saved("b").toFloats()).containsOnly(5);
        assertThat(result.saved("next").toFloats()).as("all rows").containsOnly(5);
        assertThat(log).containsExactly("a", "e", "b");
    }

    @ParameterizedTest
    @EnumSource
    @Case("41")
    void blocks_takeTurnsHookPointByHookPoint(TestedModel m) {
        List<String> log = new ArrayList<>();
        Block block =
                t -> {
                    for (int i = 0; i < 2; i++) {
                        t.module(m.block(i)).output().mean();
                        log.add(t.name() + "@" + i);
                    }
                };
        m.model()
                .trace(
                        tracer -> {
                            tracer.invoke(P, block);
                            tracer.invoke(P2, block);
                        });

        assertThat(log)
                .containsExactly(
                        "invocation 0@0", "invocation 1@0", "invocation 0@1", "invocation 1@1");
    }

    @ParameterizedTest
    @EnumSource
    @Case("42")
    void twoInvocations_thatSetTheSameHookPoint_setTheirOwnRows(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P, t -> t.module(m.block(1)).output(Tensor.scalar(1)));
                                    tracer.invoke(
                                            Q, t -> t.module(m.block(1)).output(Tensor.scalar(2)));
                                    tracer.invoke(t -> t.save("in", t.module(m.block(2)).input()));
                                });

        assertThat(result.saved("in").row(0).toFloats()).containsOnly(1);
        assertThat(result.saved("in").row(1).at(Selector.range(0, 3)).toFloats()).containsOnly(2);
    }

    @ParameterizedTest
    @EnumSource
    @Case("43")
    void storedEdit_atTheSameHookPoint_comesFirst(TestedModel m) {
        LanguageModel edited = m.model().edit(t -> t.module(m.block(1)).output(Tensor.scalar(6)));

        TraceResult result = edited.trace(P, t -> t.save("a", t.module(m.block(1)).output()));

        assertThat(result.saved("a").toFloats()).containsOnly(6);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"44", "41c"})
    void value_withOtherRows_isRefusedByName(TestedModel m) {
        int[] shape = {2, P.length, m.width()};
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(P, t -> {});
                                                    tracer.invoke(
                                                            P2,
                                                            t ->
                                                                    t.module(m.block(1))
                                                                            .output(
                                                                                    Tensor.zeros(
                                                                                            shape)));
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SHAPE_MISMATCH))
                .hasMessageContaining("invocation 1 owns rows 1 to 1 of 2");
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                P,
                                                t ->
                                                        t.module(m.block(1))
                                                                .output(Tensor.zeros(shape))))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("owns rows 0 to 0 of 1");
    }

    @ParameterizedTest
    @EnumSource
    @Case("45")
    void vector_set_broadcastsToOwnRows(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P, t -> t.save("a", t.module(m.block(2)).input()));
                                    tracer.invoke(
                                            P2,
                                            t -> {
                                                t.module(m.block(1))
                                                        .output(Tensor.zeros(m.width()));
                                                t.save("b", t.module(m.block(2)).input());
                                            });
                                });

        assertClose(result.saved("a"), m.plain(P, m.block(1)), BATCHED);
        assertThat(result.saved("b").toFloats()).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    @Case("46")
    void emptyInvocation_hasAnOrderOfItsOwn(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.invoke(
                                            P, t -> t.save("late", t.module(m.block(3)).output()));
                                    tracer.invoke(
                                            t -> t.save("early", t.module(m.block(0)).output()));
                                });

        assertSame(result.saved("late"), m.plain(P, m.block(3)));
        assertSame(result.saved("early"), m.plain(P, m.block(0)));
    }

    @ParameterizedTest
    @EnumSource
    @Case("49")
    void prompt_inAnyForm_givesTheSame(TestedModel m) {
        String text = "Ticket from Anna: Hello,";
        Block block = t -> t.save("a", t.module(m.block(1)).output());
        TraceResult asText = m.model().trace(text, block);
        int[] ids = asText.prompt(0);
        int[] padded = new int[ids.length + 2];
        int[] mask = new int[padded.length];
        System.arraycopy(ids, 0, padded, 2, ids.length);
        java.util.Arrays.fill(mask, 2, mask.length, 1);

        Tensor expected = asText.saved("a");
        assertSame(m.model().trace(ids, block).saved("a"), expected);
        assertSame(
                m.model().trace(tracer -> tracer.invoke(new int[][] {ids}, block)).saved("a"),
                expected);
        assertSame(
                m.model()
                        .trace(
                                tracer ->
                                        tracer.invoke(
                                                new int[][] {padded}, new int[][] {mask}, block))
                        .saved("a"),
                expected);
    }
}
