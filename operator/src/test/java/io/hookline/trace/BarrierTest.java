/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Selector.last;
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

/** Blocks that wait for each other. */
class BarrierTest {
    @ParameterizedTest
    @EnumSource
    @Case("50")
    void embedding_handedOverAtABarrier_makesTheOtherTheSame(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    Barrier barrier = tracer.barrier(2);
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                t.share("clean", t.module(m.embedding).output());
                                                barrier.await();
                                                t.save("a", t.module(m.head).output());
                                            });
                                    tracer.invoke(
                                            P2,
                                            t -> {
                                                barrier.await();
                                                t.module(m.embedding).output(t.shared("clean"));
                                                t.save("b", t.module(m.head).output());
                                            });
                                });

        assertClose(result.saved("b"), result.saved("a"), 1e-4);
        assertClose(result.saved("a"), m.logits(P), 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    void lastToken_handedOverBetweenLengths_isPutAtTheLast(TestedModel m) {
        TraceResult result =
                m.model()
                        .generate(
                                3,
                                tracer -> {
                                    Barrier barrier = tracer.barrier(2);
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                Tensor embeddings = t.module(m.embedding).output();
                                                t.share("clean", embeddings);
                                                barrier.await();
                                                t.save("last", embeddings.at(last()));
                                            });
                                    tracer.invoke(
                                            Q,
                                            t -> {
                                                CacheDict cache =
                                                        t.cache(CacheOption.modules(m.embedding));
                                                t.save("cache", cache);
                                                barrier.await();
                                                t.module(m.embedding)
                                                        .output()
                                                        .set(last(), t.shared("clean").at(last()));
                                            });
                                });

        Tensor first = result.saved("cache", CacheDict.class).get(m.embedding).visit(0).output();
        assertThat(first.shape()).containsExactly(1, Q.length, m.width());
        assertSame(first.at(last()), result.saved("last"));
        assertThat(result.generated(1)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    @Case("51")
    void value_thatNobodySharedYet_isNamed(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(
                                                            P,
                                                            t ->
                                                                    t.module(m.embedding)
                                                                            .output(
                                                                                    t.shared(
                                                                                            "clean")));
                                                    tracer.invoke(
                                                            P2,
                                                            t ->
                                                                    t.share(
                                                                            "clean",
                                                                            t.module(m.embedding)
                                                                                    .output()));
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContaining("nothing is shared as 'clean' yet");
    }

    @ParameterizedTest
    @EnumSource
    @Case("52")
    void barrier_ofThree_opensWhenAllHaveCome(TestedModel m) {
        List<String> log = new ArrayList<>();
        m.model()
                .trace(
                        tracer -> {
                            Barrier barrier = tracer.barrier(3);
                            for (int i = 0; i < 3; i++) {
                                int at = i;
                                tracer.invoke(
                                        P,
                                        t -> {
                                            if (at > 0) {
                                                t.module(m.block(at - 1)).output().mean();
                                            }
                                            log.add("before " + at);
                                            barrier.await();
                                            log.add("after " + at);
                                        });
                            }
                        });

        assertThat(log)
                .containsExactly(
                        "before 0", "before 1", "before 2", "after 0", "after 1", "after 2");
    }

    @ParameterizedTest
    @EnumSource
    @Case("53")
    void barrier_thatTooFewReach_isNamedAndNeverHangs(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    Barrier barrier = tracer.barrier(2);
                                                    tracer.invoke(P, t -> barrier.await());
                                                    tracer.invoke(P2, t -> {});
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BARRIER_UNMET))
                .hasMessageContaining("a barrier of 2 was never reached by every block")
                .hasMessageContaining("invocation 0")
                .hasMessageContaining("BarrierTest.java:");
    }

    @ParameterizedTest
    @EnumSource
    void blocks_thatWaitForEachOthersBarrier_areNamed(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    Barrier one = tracer.barrier(2);
                                                    Barrier other = tracer.barrier(2);
                                                    tracer.invoke(P, t -> one.await());
                                                    tracer.invoke(P2, t -> other.await());
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BARRIER_UNMET));
        assertThatThrownBy(() -> m.model().trace(tracer -> tracer.barrier(0)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("got 0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("54")
    void barrier_thatNobodyReaches_hasNoEffect(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    tracer.barrier(2);
                                    tracer.invoke(P, t -> t.save("a", t.module(m.head).output()));
                                });

        assertSame(result.saved("a"), m.logits(P));
    }

    @ParameterizedTest
    @EnumSource
    @Case("55")
    void barrier_usedTwice_opensTwice(TestedModel m) {
        TraceResult result =
                m.model()
                        .trace(
                                tracer -> {
                                    Barrier barrier = tracer.barrier(2);
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                t.share("one", t.module(m.block(0)).output());
                                                barrier.await();
                                                t.share("two", t.module(m.block(2)).output());
                                                barrier.await();
                                            });
                                    tracer.invoke(
                                            P2,
                                            t -> {
                                                barrier.await();
                                                t.module(m.block(0)).output(t.shared("one"));
                                                t.save("one", t.module(m.block(1)).output());
                                                barrier.await();
                                                t.module(m.block(2)).output(t.shared("two"));
                                                t.save("b", t.module(m.block(2)).output());
                                            });
                                });

        assertClose(result.saved("one"), m.plain(P, m.block(1)), 1e-4);
        assertClose(result.saved("b"), m.plain(P, m.block(2)), 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    @Case("56")
    void receiver_writtenFirst_isServedInTheSameVisit(TestedModel m) {
        for (boolean looks : new boolean[] {false, true}) {
            TraceResult result =
                    m.model()
                            .trace(
                                    tracer -> {
                                        Barrier barrier = tracer.barrier(2);
                                        tracer.invoke(
                                                P2,
                                                t -> {
                                                    if (looks) {
                                                        t.module(m.embedding).output().mean();
                                                    }
                                                    barrier.await();
                                                    t.module(m.embedding).output(t.shared("e"));
                                                    t.save("b", t.module(m.head).output());
                                                });
                                        tracer.invoke(
                                                P,
                                                t -> {
                                                    Tensor e = t.module(m.embedding).output();
                                                    if (looks) {
                                                        e.mean();
                                                    }
                                                    t.share("e", e);
                                                    barrier.await();
                                                });
                                    });

            assertClose(result.saved("b"), m.logits(P), 1e-4);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("57")
    void earlierModule_readAfterABarrier_isOutOfOrder(TestedModel m) {
        for (boolean looks : new boolean[] {false, true}) {
            assertThatThrownBy(
                            () ->
                                    m.model()
                                            .trace(
                                                    tracer -> {
                                                        Barrier barrier = tracer.barrier(2);
                                                        tracer.invoke(
                                                                P,
                                                                t -> {
                                                                    Tensor hidden =
                                                                            t.module(m.block(2))
                                                                                    .output();
                                                                    if (looks) {
                                                                        hidden.mean();
                                                                    }
                                                                    barrier.await();
                                                                });
                                                        tracer.invoke(
                                                                P2,
                                                                t -> {
                                                                    barrier.await();
                                                                    t.module(m.block(0)).output();
                                                                });
                                                    }))
                    .isInstanceOfSatisfying(
                            TraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                    .hasMessageContaining(m.block(0) + ".output.i0");
        }
    }
}
