/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
    private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

    /** Virtual threads have ended or do so now; others serve the next block, or end soon. */
    static void assertIsDoneWithBlocks(Thread thread) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (thread.isAlive()
                && thread.getName().startsWith("hookline invocation")
                && System.nanoTime() < limit) {
            Thread.onSpinWait();
        }
        assertThat(thread.isAlive() && thread.getName().startsWith("hookline invocation"))
                .as("'%s' still runs a block", thread.getName())
                .isFalse();
    }

    private static void runAndWait(String name, Runnable body) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Threads.start(
                name,
                () -> {
                    body.run();
                    done.countDown();
                });
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void threads_areVirtualWhereTheVirtualMachineHasThem() throws Exception {
        assertThat(Threads.areVirtual()).isEqualTo(VIRTUAL);
        List<String> seen = new ArrayList<>();
        runAndWait("one", () -> seen.add(Thread.currentThread().toString()));
        assertThat(seen.get(0)).contains("one");
        assertThat(seen.get(0).startsWith("VirtualThread")).isEqualTo(VIRTUAL);
    }

    @Test
    void thread_ofABlock_isADaemonWithItsNameAndTheStartersClassLoader() throws Exception {
        ClassLoader own = new ClassLoader(null) {};
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        List<Object> seen = new ArrayList<>();
        Thread.currentThread().setContextClassLoader(own);
        try {
            runAndWait(
                    "block",
                    () -> {
                        seen.add(Thread.currentThread().getName());
                        seen.add(Thread.currentThread().isDaemon());
                        seen.add(Thread.currentThread().getContextClassLoader());
                    });
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(seen).containsExactly("block", true, own);
    }

    @Test
    void inheritableValues_ofTheStarter_areNotSeenByBlocks() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("mine");
        List<Object> seen = new ArrayList<>();
        runAndWait("block", () -> seen.add(String.valueOf(local.get())));
        assertThat(seen).containsExactly("null");
    }

    @Test
    void daemons_thatNobodyNeeds_end() throws Exception {
        List<Thread> threads = new ArrayList<>();
        runAndWait("block", () -> threads.add(Thread.currentThread()));
        threads.get(0).join(TimeUnit.SECONDS.toMillis(60));
        assertThat(threads.get(0).isAlive()).isFalse();
    }
}
