/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.SignalDefinition;
import io.hookline.schema.ErrorCode;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ModelPoolTest {
    private static final ModelSpec SPEC = ModelSpec.cpu(Path.of("a"));

    private static final Duration WARM = Duration.ofMinutes(1);

    private final Loader loader = new Loader();
    private final List<Runnable> later = new ArrayList<>();
    private final ModelPool pool =
            new ModelPool(
                    loader,
                    (delay, then) -> {
                        assertThat(delay).isEqualTo(WARM);
                        later.add(then);
                    });

    /** Counts what it opens. */
    private static final class Loader implements ModelLoader {
        private final AtomicInteger loads = new AtomicInteger();
        private final Set<CountedRuntime> open = ConcurrentHashMap.newKeySet();
        private volatile boolean broken;
        private volatile String stamp = "";

        @Override
        public String stamp(ModelSpec spec) {
            return stamp;
        }

        @Override
        public ModelRuntime load(ModelSpec spec) throws ModelLoadException {
            loads.incrementAndGet();
            if (broken) {
                throw new ModelLoadException(ErrorCode.UNSUPPORTED_MODEL, "broken");
            }
            CountedRuntime runtime = new CountedRuntime(open);
            open.add(runtime);
            return runtime;
        }

        @Override
        public ModelPlanner scan(ModelSpec spec) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class CountedRuntime implements ModelRuntime {
        private final Set<CountedRuntime> open;

        private CountedRuntime(Set<CountedRuntime> open) {
            this.open = open;
        }

        @Override
        public ModelInfo info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public PlannedTrace plan(Program program, InterventionFunctions functions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PlannedTrace plan(
                ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Problem> problems(SignalDefinition signal) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<TraceOutcome> run(List<PlannedTrace> batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PassEngine passes() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            assertThat(open.remove(this)).as("closed once").isTrue();
        }
    }

    @Test
    void acquire_twice_sharesOneRuntimeUntilTheLastLeaseEnds() throws Exception {
        ModelPool.Lease first = pool.acquire(SPEC);
        ModelPool.Lease second = pool.acquire(ModelSpec.cpu(Path.of("a")));
        assertThat(second.runtime()).isSameAs(first.runtime());
        first.close();
        first.close();
        assertThat(loader.open).hasSize(1);
        second.close();
        assertThat(loader.open).isEmpty();
        pool.acquire(SPEC).close();
        assertThat(loader.loads).hasValue(2);
    }

    @Test
    void acquire_otherModel_isAnotherRuntime() throws Exception {
        try (ModelPool.Lease one = pool.acquire(SPEC);
                ModelPool.Lease other = pool.acquire(ModelSpec.cpu(Path.of("b")))) {
            assertThat(other.runtime()).isNotSameAs(one.runtime());
        }
        assertThat(loader.open).isEmpty();
    }

    @Test
    void runtime_leftWarm_isThereForWhoComesInTimeAndEndsOtherwise() throws Exception {
        ModelPool.Lease first = pool.acquire(SPEC);
        first.leave(WARM);
        first.leave(WARM);
        assertThat(later).hasSize(1);
        assertThat(pool.holds(SPEC)).isTrue();
        ModelPool.Lease again = pool.acquire(SPEC);
        assertThat(again.runtime()).isSameAs(first.runtime());
        later.get(0).run();
        assertThat(loader.open).hasSize(1);
        again.leave(WARM);
        later.get(0).run();
        assertThat(loader.open).as("an older timer ends nothing").hasSize(1);
        later.get(1).run();
        later.get(1).run();
        assertThat(loader.open).isEmpty();
        assertThat(pool.holds(SPEC)).isFalse();
        assertThat(loader.loads).hasValue(1);
    }

    @Test
    void clock_thatAJobHasStarted_keepsNothingOfTheJob() throws Exception {
        ModelPool ownClock = new ModelPool(loader);
        Thread task =
                new Thread(
                        () -> {
                            try {
                                ownClock.acquire(SPEC).leave(Duration.ofMillis(1));
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        try (URLClassLoader ofTheJob = new URLClassLoader(new URL[0])) {
            task.setContextClassLoader(ofTheJob);
            task.start();
            task.join();
            while (!loader.open.isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("hookline-warm-models"))
                    .isNotEmpty()
                    .noneMatch(thread -> thread.getContextClassLoader() == ofTheJob);
        }
        assertThat(loader.loads).hasValue(1);
    }

    @Test
    void runtime_whoseLastLeaseIsClosedAfterOneWasLeft_endsAtOnce() throws Exception {
        ModelPool.Lease first = pool.acquire(SPEC);
        ModelPool.Lease second = pool.acquire(SPEC);
        first.leave(WARM);
        assertThat(later).isEmpty();
        second.close();
        assertThat(loader.open).isEmpty();
    }

    @Test
    void acquire_afterTheFilesChanged_loadsThemAnew() throws Exception {
        try (ModelPool.Lease old = pool.acquire(SPEC)) {
            loader.stamp = "changed";
            assertThat(pool.holds(SPEC)).isFalse();
            try (ModelPool.Lease changed = pool.acquire(SPEC)) {
                assertThat(changed.runtime()).isNotSameAs(old.runtime());
            }
        }
        assertThat(loader.open).isEmpty();
    }

    @Test
    void acquire_afterAFailure_triesAgain() throws Exception {
        loader.broken = true;
        assertThatThrownBy(() -> pool.acquire(SPEC)).isInstanceOf(ModelLoadException.class);
        loader.broken = false;
        pool.acquire(SPEC).close();
        assertThat(loader.loads).hasValue(2);
        assertThat(loader.open).isEmpty();
    }

    @Test
    void acquire_byManyThreads_neverHandsOutAClosedRuntime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CyclicBarrier start = new CyclicBarrier(8);
        Callable<Integer> leasing =
                () -> {
                    start.await();
                    int closed = 0;
                    for (int i = 0; i < 2_000; i++) {
                        try (ModelPool.Lease lease = pool.acquire(SPEC)) {
                            closed +=
                                    loader.open.contains((CountedRuntime) lease.runtime()) ? 0 : 1;
                        }
                    }
                    return closed;
                };
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            results.add(threads.submit(leasing));
        }
        for (Future<Integer> result : results) {
            assertThat(result.get()).isZero();
        }
        threads.shutdown();
        assertThat(loader.open).isEmpty();
        assertThat(loader.loads.get()).isLessThanOrEqualTo(16_000);
    }
}
