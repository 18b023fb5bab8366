/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads of one subtask: one that plans, one that opens models, and those that run batches.
 * Whatever work throws fails the task.
 */
final class Workers implements Background {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final MailboxExecutor mailbox;
    private final ExecutorService planner;
    private final ExecutorService runners;
    private final ExecutorService opener;

    Workers(String task, int runners, MailboxExecutor mailbox) {
        this.mailbox = mailbox;
        this.planner = Executors.newSingleThreadExecutor(threads("hookline-plan", task));
        this.runners = Executors.newFixedThreadPool(runners, threads("hookline-run", task));
        this.opener = Executors.newSingleThreadExecutor(threads("hookline-models", task));
    }

    private static ThreadFactory threads(String kind, String task) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread =
                    new Thread(work, "%s-%d (%s)".formatted(kind, count.getAndIncrement(), task));
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public <T> void plan(Supplier<T> work, Consumer<T> then) {
        planner.execute(() -> work(work, then));
    }

    @Override
    public <T> void run(Supplier<T> work, Consumer<T> then) {
        runners.execute(() -> work(work, then));
    }

    @Override
    public <T> void open(Supplier<T> work, Consumer<T> then) {
        try {
            opener.execute(() -> work(work, then));
        } catch (RejectedExecutionException ended) {
            LOG.debug("the task has ended, its models are released together");
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // What follows runs on the task thread.
    public void after(CompletableFuture<?> done, Runnable then) {
        done.whenComplete((result, failure) -> mail(then::run));
    }

    private <T> void work(Supplier<T> work, Consumer<T> then) {
        T result;
        try {
            result = work.get();
        } catch (Throwable failed) {
            mail(
                    () -> {
                        throw new IllegalStateException("work beside the task failed", failed);
                    });
            return;
        }
        mail(() -> then.accept(result));
    }

    /** Runs something on the task thread, if there still is one. */
    void mail(ThrowingRunnable<Exception> mail) {
        try {
            mailbox.execute(mail, "hookline");
        } catch (RejectedExecutionException closing) {
            LOG.debug("the task has ended, a result is dropped");
        }
    }

    /**
     * Ends the threads and then releases what they use. Work that has not begun is dropped. When
     * what runs doesn't end in time, the release is left to a thread that waits for it: a native
     * call can't be interrupted, and what it uses must not be closed under it.
     */
    void close(Duration patience, Runnable release) {
        planner.shutdownNow();
        runners.shutdownNow();
        opener.shutdownNow();
        if (ended(patience)) {
            release.run();
            return;
        }
        LOG.warn("a native call still runs, its model is released when it ends");
        Thread waiting =
                new Thread(
                        () -> {
                            if (ended(Duration.ofDays(365))) {
                                release.run();
                            }
                        },
                        "hookline-release");
        waiting.setDaemon(true);
        waiting.start();
    }

    private boolean ended(Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return planner.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)
                            && runners.awaitTermination(
                                    until - System.nanoTime(), TimeUnit.NANOSECONDS)
                            && opener.awaitTermination(
                                    until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException canceled) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
