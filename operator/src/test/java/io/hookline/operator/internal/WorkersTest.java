/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
    @Test
    void close_workStillRuns_releasesWhenItEndsAndNotBefore() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Workers workers = new Workers("test", 1, new ClosedMailbox());
        workers.run(
                () -> {
                    running.countDown();
                    awaitAsNativeCodeDoes(end);
                    return 1;
                },
                result -> {});
        running.await();
        workers.close(Duration.ofMillis(1), released::countDown);
        assertThat(released.getCount()).isEqualTo(1);
        end.countDown();
        assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void close_workHasEnded_releasesBeforeItReturns() {
        AtomicInteger released = new AtomicInteger();
        Workers workers = new Workers("test", 2, new ClosedMailbox());
        workers.plan(() -> 1, result -> {});
        workers.close(Duration.ofSeconds(20), released::incrementAndGet);
        assertThat(released).hasValue(1);
    }

    @Test
    void close_threadInterrupted_releasesAllTheSameAndStaysInterrupted() {
        AtomicInteger released = new AtomicInteger();
        Workers workers = new Workers("test", 1, new ClosedMailbox());
        Thread.currentThread().interrupt();
        workers.close(Duration.ofSeconds(20), released::incrementAndGet);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(released).hasValue(1);
    }

    private static void awaitAsNativeCodeDoes(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException notHeard) {
                Thread.interrupted();
            }
        }
    }

    /** The mailbox of a task that has ended. */
    private static final class ClosedMailbox implements MailboxExecutor {
        @Override
        public void execute(
                MailOptions options,
                ThrowingRunnable<? extends Exception> command,
                String description,
                Object... arguments) {
            throw new RejectedExecutionException("closed");
        }

        @Override
        public void yield() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryYield() {
            return false;
        }

        @Override
        public boolean shouldInterrupt() {
            return false;
        }
    }
}
