/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.PlanCounts;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PlanCacheTest {
    private static final PlanKey A = key(LogitsTap.NONE, true);
    private static final PlanKey B = key(LogitsTap.LAST, true);
    private static final PlanKey C = key(LogitsTap.ALL, true);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger builds = new AtomicInteger();
    private final List<Plan> built = new ArrayList<>();

    private static PlanKey key(LogitsTap logits, boolean continues) {
        return new PlanKey(new Structure(List.of(), List.of(), logits, continues), List.of());
    }

    /** A plan that only counts its holders. */
    private static final class Plan implements CachedPlan {
        private int holders = 1;

        @Override
        public synchronized boolean hold() {
            holders += holders == 0 ? 0 : 1;
            return holders > 0;
        }

        @Override
        public synchronized void release() {
            holders--;
            assertThat(holders).isNotNegative();
        }

        synchronized int holders() {
            return holders;
        }

        @Override
        public PassResult run(PassRequest request, PassInterrupt code, Memory memory) {
            throw new UnsupportedOperationException();
        }
    }

    private synchronized Plan build(PlanKey key) {
        builds.incrementAndGet();
        Plan plan = new Plan();
        built.add(plan);
        return plan;
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void hold_ofTheSameKeyByMany_buildsOnce() throws Exception {
        PlanCache cache = new PlanCache(this::build, 4);
        List<Future<CachedPlan>> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            held.add(threads.submit(() -> cache.hold(A)));
        }
        for (Future<CachedPlan> each : held) {
            assertThat(each.get()).isSameAs(built.get(0));
        }
        assertThat(builds).hasValue(1);
        assertThat(built.get(0).holders()).isEqualTo(9);
    }

    @Test
    void hold_whileAnotherPlanIsBuilt_doesNotWaitEvenWhenTheCacheIsFull() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        PlanCache cache =
                new PlanCache(
                        key -> {
                            if (key.equals(A)) {
                                started.countDown();
                                await(slow);
                            }
                            return build(key);
                        },
                        1);
        Future<CachedPlan> waiting = threads.submit(() -> cache.hold(A));
        started.await();
        CachedPlan quick = cache.hold(B);
        assertThat(builds).hasValue(1);
        quick.release();
        slow.countDown();
        waiting.get().release();
        assertThat(cache.size()).isEqualTo(1);
        cache.close();
        assertThat(built).allSatisfy(plan -> assertThat(plan.holders()).isZero());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void plan_thatIsEvicted_closesWithItsLastHolder() throws Exception {
        PlanCache cache = new PlanCache(this::build, 2);
        CachedPlan held = cache.hold(A);
        cache.hold(B).release();
        cache.hold(A).release();
        cache.hold(C).release();
        assertThat(built.get(1).holders()).as("least recently used").isZero();
        assertThat(built.get(0).holders()).isEqualTo(2);
        cache.hold(B).release();
        assertThat(built.get(0).holders()).as("evicted but held").isEqualTo(1);
        held.release();
        assertThat(built.get(0).holders()).isZero();
        assertThat(cache.size()).isEqualTo(2);
    }

    @Test
    void clear_letsGoOfWhatNobodyHolds_andOfTheRestWhenItsHoldersDo() throws Exception {
        PlanCache cache = new PlanCache(this::build, 2);
        CachedPlan held = cache.hold(A);
        cache.hold(B).release();
        cache.clear();
        assertThat(cache.size()).isZero();
        assertThat(built.get(1).holders()).isZero();
        assertThat(built.get(0).holders()).isEqualTo(1);
        held.release();
        assertThat(built.get(0).holders()).isZero();
        cache.hold(B).release();
        assertThat(builds).hasValue(3);
    }

    @Test
    void build_thatFails_failsItsCallersAndIsTriedAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        PlanCache cache =
                new PlanCache(
                        key -> {
                            if (attempts.incrementAndGet() == 1) {
                                throw new RuntimeInferenceException("refused", null, true);
                            }
                            return build(key);
                        },
                        2);
        assertThatThrownBy(() -> cache.hold(A))
                .isInstanceOf(RuntimeInferenceException.class)
                .hasMessage("refused");
        assertThat(cache.size()).isZero();
        cache.hold(A).release();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void plan_thatIsPrepared_isBuiltBesideWhileOthersAreHeld() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        PlanCache cache =
                new PlanCache(
                        key -> {
                            if (key.equals(A)) {
                                await(slow);
                            }
                            return build(key);
                        },
                        4);
        CompletableFuture<Void> there = cache.prepare(A);
        assertThat(cache.prepare(A)).as("asked for twice").isNotDone();
        assertThat(cache.isReady(A)).isFalse();
        assertThat(cache.counts()).isEqualTo(new PlanCounts(0, 1));
        cache.hold(B).release();
        assertThat(cache.isReady(B)).isTrue();
        assertThat(there).isNotDone();
        slow.countDown();
        there.get();
        assertThat(cache.isReady(A)).isTrue();
        assertThat(cache.counts()).isEqualTo(new PlanCounts(2, 0));
        cache.hold(A).release();
        assertThat(builds).hasValue(2);
        cache.close();
        assertThat(built).allSatisfy(plan -> assertThat(plan.holders()).isZero());
    }

    @Test
    void plan_thatCanNotBePrepared_failsWhoeverHoldsItNextAndIsTriedAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        PlanCache cache =
                new PlanCache(
                        key -> {
                            if (attempts.incrementAndGet() == 1) {
                                throw new RuntimeInferenceException("refused", null, true);
                            }
                            return build(key);
                        },
                        2);
        cache.prepare(A).get();
        assertThat(cache.isReady(A)).as("there is something to meet with").isTrue();
        assertThatThrownBy(() -> cache.hold(A))
                .isInstanceOf(RuntimeInferenceException.class)
                .hasMessage("refused");
        assertThat(cache.isReady(A)).isFalse();
        cache.hold(A).release();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void close_whilePlansArePrepared_waitsForTheOneThatIsBuiltAndDropsTheRest() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        PlanCache cache =
                new PlanCache(
                        key -> {
                            started.countDown();
                            await(slow);
                            return build(key);
                        },
                        4);
        CompletableFuture<Void> first = cache.prepare(A);
        CompletableFuture<Void> second = cache.prepare(B);
        started.await();
        Future<?> closing = threads.submit(cache::close);
        slow.countDown();
        closing.get();
        first.get();
        second.get();
        assertThat(builds).hasValueBetween(1, 2);
        assertThat(built).allSatisfy(plan -> assertThat(plan.holders()).isZero());
    }

    @Test
    void hold_afterClose_isRefused() throws Exception {
        PlanCache cache = new PlanCache(this::build, 2);
        CachedPlan held = cache.hold(A);
        cache.close();
        cache.close();
        assertThat(built.get(0).holders()).isEqualTo(1);
        held.release();
        assertThatThrownBy(() -> cache.hold(A)).isInstanceOf(IllegalStateException.class);
    }
}
