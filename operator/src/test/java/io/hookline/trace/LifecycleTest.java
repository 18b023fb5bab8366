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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Traces whose model is closed, whose caller is interrupted, and what is left of them. */
class LifecycleTest {
    private static final TestedModel M = TestedModel.TICKETLM;

    private static LanguageModel opened() throws Exception {
        return LanguageModel.load(M.path());
    }

    @Test
    void model_thatIsClosed_refusesTracesByName() throws Exception {
        LanguageModel model = opened();
        LanguageModel edited = model.edit(t -> {});
        Tracer tracer =
                model.captureTrace(each -> each.invoke(P, t -> t.module(M.head).output().mean()));
        CompiledTrace compiled = tracer.compile();
        TraceResult before = model.generate(2, P, t -> {});
        model.close();
        model.close();

        for (LanguageModel each : List.of(model, edited)) {
            assertThatThrownBy(() -> each.trace(P, t -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("model 'ticketlm' is closed");
        }
        assertThatThrownBy(compiled::execute).hasMessageContaining("model 'ticketlm' is closed");
        assertThatThrownBy(() -> model.encode("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> before.text(0)).isInstanceOf(IllegalStateException.class);
        assertThat(before.generated(0)).hasSize(2);
    }

    @Test
    void model_closedDuringATrace_endsTheTraceAndLeavesNoThread() throws Exception {
        LanguageModel model = opened();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        CompletableFuture<TraceResult> trace =
                CompletableFuture.supplyAsync(
                        () ->
                                model.trace(
                                        P,
                                        t -> {
                                            threads.add(Thread.currentThread());
                                            t.module(M.block(0)).output().mean();
                                            inside.countDown();
                                            assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
                                            t.module(M.block(1)).output().mean();
                                        }));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        model.close();
        closed.countDown();

        assertThatThrownBy(trace::join).hasRootCauseMessage("model 'ticketlm' is closed");
        assertThat(threads).hasSize(1).allSatisfy(ThreadsTest::assertIsDoneWithBlocks);
    }

    @ParameterizedTest
    @EnumSource
    void caller_thatIsInterrupted_staysSoAndHasItsResult(TestedModel m) {
        Tensor plain = m.logits(P);
        Thread.currentThread().interrupt();
        TraceResult result;
        try {
            result =
                    m.model()
                            .trace(
                                    tracer -> {
                                        Barrier barrier = tracer.barrier(2);
                                        tracer.invoke(
                                                P,
                                                t -> {
                                                    t.module(m.block(1)).output().mean();
                                                    barrier.await();
                                                    t.save("a", t.module(m.head).output());
                                                });
                                        tracer.invoke(P, t -> barrier.await());
                                    });
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        Tensors.assertClose(result.saved("a"), plain, 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    void block_thatIsInterrupted_isServedAllTheSame(TestedModel m) {
        List<Boolean> interrupted = new ArrayList<>();
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    Thread.currentThread().interrupt();
                                    t.save("a", t.module(m.block(1)).output().copy());
                                    interrupted.add(Thread.interrupted());
                                });

        assertThat(interrupted).containsExactly(true);
        assertSame(result.saved("a"), m.plain(P, m.block(1)));
    }

    /** Each way in which a trace fails ends every block's thread and leaves the model as it was. */
    @ParameterizedTest
    @EnumSource
    void trace_howeverItFails_leavesNoThreadAndNoTrace(TestedModel m) {
        Tensor before = m.logits(P2);
        List<Failing> all =
                List.of(
                        new Failing(ErrorCode.OUT_OF_ORDER, (t, b) -> late(m, t)),
                        new Failing(
                                ErrorCode.OUT_OF_ORDER,
                                (t, b) -> {
                                    t.module(m.block(2)).output().mean();
                                    t.module(m.block(1)).output(Tensor.scalar(0));
                                }),
                        new Failing(ErrorCode.BARRIER_UNMET, (t, b) -> b.await()),
                        new Failing(ErrorCode.UNKNOWN_MODULE, (t, b) -> t.module("model.nothing")),
                        new Failing(
                                ErrorCode.SHAPE_MISMATCH,
                                (t, b) -> t.module(m.block(1)).output(Tensor.zeros(7))),
                        new Failing(ErrorCode.STEP_OUT_OF_RANGE, (t, b) -> t.iter(-1)),
                        new Failing(ErrorCode.OUT_OF_ORDER, (t, b) -> t.shared("nothing")),
                        new Failing(
                                ErrorCode.INFERENCE_FAILED,
                                (t, b) -> {
                                    t.module(m.block(1)).output().mean();
                                    throw new ArithmeticException("own");
                                }));
        for (Failing failing : all) {
            List<Thread> threads = new ArrayList<>();
            assertThatThrownBy(
                            () -> m.model().trace(tracer -> besides(m, tracer, failing, threads)))
                    .isInstanceOfSatisfying(
                            MediatorException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(failing.code());
                                assertThat(e.block()).isEqualTo("invocation 1");
                                assertThat(e).hasMessageContaining("LifecycleTest.java:");
                            });
            assertThat(threads)
                    .hasSizeBetween(2, 3)
                    .allSatisfy(ThreadsTest::assertIsDoneWithBlocks);
        }
        assertSame(m.logits(P2), before);
    }

    private record Failing(ErrorCode code, Body body) {}

    private interface Body {
        void run(Mediator t, Barrier barrier) throws Exception;
    }

    private static void late(TestedModel m, Mediator t) {
        t.module(m.block(2)).output();
        t.module(m.block(1)).output();
    }

    private static void besides(
            TestedModel m, Tracer tracer, Failing failing, List<Thread> threads) {
        Barrier barrier = tracer.barrier(2);
        tracer.invoke(
                P,
                t -> {
                    threads.add(Thread.currentThread());
                    t.module(m.block(0)).output().mean();
                });
        tracer.invoke(
                P2,
                t -> {
                    threads.add(Thread.currentThread());
                    failing.body().run(t, barrier);
                });
        tracer.invoke(
                t -> {
                    threads.add(Thread.currentThread());
                    t.module(m.head).output().mean();
                });
    }
}
