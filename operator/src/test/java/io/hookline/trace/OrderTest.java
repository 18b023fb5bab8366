/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked for in an order that the model does not have, and other mistakes. */
class OrderTest {
    private static void assertOutOfOrder(TestedModel m, Block block, String... parts) {
        assertThatThrownBy(() -> m.model().trace(P, block))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @EnumSource
    @Case("21")
    void earlierModule_readLater_isOutOfOrder(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module(m.block(2)).output();
                    t.module(m.block(1)).output();
                },
                m.block(1) + ".output.i0",
                m.block(2) + ".output.i0",
                "invocation 0",
                "OrderTest.java:");
    }

    @ParameterizedTest
    @EnumSource
    @Case("21")
    void earlierModule_readAfterNumbersWereLookedAt_isOutOfOrder(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module(m.block(2)).output().mean();
                    t.module(m.block(1)).output();
                },
                m.block(1) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("22")
    void sameModule_readAgainAfterALaterOne_isOutOfOrder(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module(m.block(1)).output();
                    t.module(m.block(2)).output();
                    t.module(m.block(1)).output();
                },
                m.block(1) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("23")
    void input_readAfterTheOutput_isOutOfOrder(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module(m.block(1)).output();
                    t.module(m.block(1)).input();
                },
                m.block(1) + ".input.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("24")
    void earlierModule_set_isOutOfOrder(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module(m.block(2)).output();
                    t.module(m.block(1)).output(Tensor.scalar(0));
                },
                m.block(1) + ".output.i0");
        assertOutOfOrder(
                m,
                t -> {
                    Tensor passed = t.module(m.block(1)).output();
                    t.module(m.block(2)).output();
                    passed.set(Tensor.scalar(0));
                },
                m.block(1) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("25")
    void module_thatNeverRuns_isNamedWhenTheRunIsOver(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(
                                                            P,
                                                            t ->
                                                                    t.module(m.block(1))
                                                                            .skip(
                                                                                    Tensor.scalar(
                                                                                            0)));
                                                    tracer.invoke(t -> t.module(m.mlp(1)).output());
                                                }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContaining(m.mlp(1) + ".output.i0")
                .hasMessageContaining("OrderTest.java:");
    }

    @ParameterizedTest
    @EnumSource
    @Case("26")
    void unknownModule_isNamedWithTheNearest(TestedModel m) {
        assertThatThrownBy(() -> m.model().trace(P, t -> t.module(m.block(1) + ".mpl")))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_MODULE))
                .hasMessageContaining("did you mean '" + m.mlp(1) + "'?");
        assertThatThrownBy(() -> m.model().module("model.nothing.at.all"))
                .isInstanceOf(TraceException.class);
    }

    @ParameterizedTest
    @EnumSource
    @Case("27")
    void values_outsideOfARun_areRefused(TestedModel m) {
        assertThatThrownBy(() -> m.model().module(m.block(0)).output())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving")
                .hasMessageContaining(m.block(0) + ".output");
        assertThatThrownBy(() -> m.model().module(m.block(0)).output(Tensor.scalar(0)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving");
        assertThatThrownBy(() -> m.model().module(m.block(0)).skip(Tensor.scalar(0)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving");
        List<Mediator> leaked = new ArrayList<>();
        m.model().trace(P, leaked::add);
        for (Block late :
                List.<Block>of(
                        Mediator::stop,
                        Mediator::result,
                        Mediator::streamed,
                        t -> t.save("a", 1),
                        t -> t.share("a", 1),
                        t -> t.iter(0).iterator().next())) {
            assertThatThrownBy(() -> late.run(leaked.get(0)))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining("outside of interleaving");
        }
        assertThatThrownBy(() -> leaked.get(0).module(m.block(0)).output())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving");
        assertThatThrownBy(() -> m.model().captureTrace(t -> {}).barrier(1).await())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving");
    }

    @ParameterizedTest
    @EnumSource
    @Case("28")
    void trace_withoutAnyPrompt_isRefused(TestedModel m) {
        assertThatThrownBy(() -> m.model().trace(tracer -> {}))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("trace needs a prompt");
        assertThatThrownBy(() -> m.model().trace(tracer -> tracer.invoke(t -> {})))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_EMPTY));
        assertThatThrownBy(() -> m.model().trace("", t -> {}))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_EMPTY));
    }

    @ParameterizedTest
    @EnumSource
    @Case("29")
    void invoke_insideABlock_isRefused(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer ->
                                                        tracer.invoke(
                                                                P,
                                                                t -> tracer.invoke(P2, u -> {}))))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("can't invoke while the model is already running");
    }

    @ParameterizedTest
    @EnumSource
    @Case("30")
    void exception_inOneBlock_namesBlockHookPointAndLine(TestedModel m) {
        Tensor before = m.logits(P);
        List<Tensor> others = new ArrayList<>();
        MediatorException thrown =
                catchThrowableOfType(
                        MediatorException.class,
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(
                                                            P,
                                                            t ->
                                                                    others.add(
                                                                            t.module(m.block(0))
                                                                                    .output()
                                                                                    .save()));
                                                    tracer.invoke(
                                                            P2,
                                                            t -> {
                                                                t.module(m.block(1))
                                                                        .output()
                                                                        .mean();
                                                                throw new ArithmeticException(
                                                                        "own mistake");
                                                            });
                                                    tracer.invoke(
                                                            P,
                                                            t ->
                                                                    t.module(m.block(3))
                                                                            .output()
                                                                            .mean());
                                                }));

        assertThat(thrown.getCause())
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("own mistake");
        assertThat(thrown.block()).isEqualTo("invocation 1");
        assertThat(thrown.hookPoint()).isEqualTo(m.block(1) + ".output.i0");
        assertThat(thrown).hasMessageMatching("(?s).*\\(OrderTest\\.java:\\d+\\).*own mistake");
        assertThatThrownBy(() -> others.get(0).toFloats()).isInstanceOf(TraceException.class);
        assertSame(m.logits(P), before);
    }

    @ParameterizedTest
    @EnumSource
    void checkedException_inABlock_isTheCause(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                P,
                                                t -> {
                                                    throw new java.io.IOException("no file");
                                                }))
                .isInstanceOf(MediatorException.class)
                .hasCauseInstanceOf(java.io.IOException.class)
                .hasMessageContaining("before the first hook point");
    }

    @ParameterizedTest
    @EnumSource
    @Case("31")
    void modelOutput_readFirst_isBehindEverything(TestedModel m) {
        assertOutOfOrder(
                m,
                t -> {
                    t.module("model").output();
                    t.module(m.block(0)).output();
                },
                m.block(0) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("32")
    void tensors_thatWereNotSaved_areGone(TestedModel m) {
        List<Tensor> read = new ArrayList<>();
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    read.add(t.module(m.block(0)).output());
                                    read.add(t.module(m.block(1)).output().save());
                                    t.save("named", t.module(m.block(2)).output());
                                });

        assertThatThrownBy(() -> read.get(0).toFloats())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("save()");
        assertThat(read.get(1).toFloats()).hasSize(P.length * m.width());
        assertThat(result.saved()).containsOnlyKeys("named");
        assertThatThrownBy(() -> result.saved("name"))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("did you mean 'named'?");
    }

    @ParameterizedTest
    @EnumSource
    void blocks_howeverTheyEnd_leaveNoThread(TestedModel m) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> m.model().trace(tracer -> threeEnds(m, tracer, threads)))
                    .isInstanceOf(MediatorException.class);
        }
        assertThat(threads).hasSize(10);
        assertThat(threads).allSatisfy(ThreadsTest::assertIsDoneWithBlocks);
    }

    /** One block that fails, one that waits for numbers and one that waits for others. */
    private static void threeEnds(TestedModel m, Tracer tracer, List<Thread> threads) {
        tracer.invoke(
                P,
                t -> {
                    threads.add(Thread.currentThread());
                    t.module(m.block(3)).output().mean();
                });
        tracer.invoke(
                P,
                t -> {
                    t.module(m.block(1)).output().mean();
                    throw new IllegalStateException("end");
                });
        tracer.invoke(
                P,
                t -> {
                    threads.add(Thread.currentThread());
                    tracer.barrier(2).await();
                });
    }

    @ParameterizedTest
    @EnumSource
    void block_thatCatchesEverything_endsAllTheSame(TestedModel m) {
        List<String> log = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .trace(
                                                tracer -> {
                                                    tracer.invoke(
                                                            P,
                                                            t -> {
                                                                for (int i = 0; i < 3; i++) {
                                                                    try {
                                                                        t.module(m.block(3))
                                                                                .output()
                                                                                .mean();
                                                                    } catch (Throwable e) {
                                                                        log.add("caught");
                                                                    }
                                                                }
                                                            });
                                                    tracer.invoke(
                                                            P2,
                                                            t -> {
                                                                t.module(m.block(1))
                                                                        .output()
                                                                        .mean();
                                                                throw new IllegalStateException();
                                                            });
                                                }))
                .isInstanceOf(MediatorException.class);
        assertThat(log).hasSize(3);
    }
}
