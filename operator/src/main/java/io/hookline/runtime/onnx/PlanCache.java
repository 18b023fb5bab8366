/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.runtime.PlanCounts;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Plans in sessions by their keys, the most recently used ones. Whoever asks for a new plan builds
 * it and others who ask for the same wait; who asks for another one does not. Who would not wait
 * has it built beside, one after the other.
 */
final class PlanCache implements AutoCloseable {
    private final Builder builder;
    private final int capacity;
    private final Map<PlanKey, CompletableFuture<CachedPlan>> sessions =
            new LinkedHashMap<>(16, 0.75f, true);
    private final ThreadPoolExecutor beside = beside();
    private long built;
    private boolean closed;

    /** Opens a plan. */
    interface Builder {
        CachedPlan build(PlanKey key) throws RuntimeInferenceException;
    }

    PlanCache(Builder builder, int capacity) {
        this.builder = builder;
        this.capacity = capacity;
    }

    /** One thread, which ends when there is nothing to do for a while. */
    private static ThreadPoolExecutor beside() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), PlanCache::thread);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** It keeps nothing of whoever happens to start it, such as a job's class loader. */
    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "hookline-compile", 0, false);
        thread.setContextClassLoader(PlanCache.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }

    /** Whether {@link #hold} would not build: the plan is there, or known to fail. */
    synchronized boolean isReady(PlanKey key) {
        CompletableFuture<CachedPlan> found = sessions.get(key);
        return found != null && found.isDone();
    }

    /**
     * Has a plan built that is not there.
     *
     * @return done when it is ready, never with a failure: who {@linkplain #hold holds} the plan
     *     next meets with that
     */
    CompletableFuture<Void> prepare(PlanKey key) {
        CompletableFuture<CachedPlan> mine = new CompletableFuture<>();
        CompletableFuture<CachedPlan> found = find(key, mine);
        if (found == null) {
            found = mine;
            try {
                beside.execute(() -> buildBeside(key, mine));
            } catch (RejectedExecutionException closing) {
                mine.completeExceptionally(closing);
            }
        }
        return found.handle((plan, failure) -> null);
    }

    private void buildBeside(PlanKey key, CompletableFuture<CachedPlan> future) {
        try {
            complete(key, future);
        } catch (RuntimeInferenceException | RuntimeException | Error failure) {
            future.completeExceptionally(failure);
        }
        evict();
    }

    private void complete(PlanKey key, CompletableFuture<CachedPlan> future)
            throws RuntimeInferenceException {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
        }
        CachedPlan plan = builder.build(key);
        synchronized (this) {
            built++;
        }
        future.complete(plan);
    }

    /** How many there are. */
    synchronized PlanCounts counts() {
        long done = sessions.values().stream().filter(CompletableFuture::isDone).count();
        return new PlanCounts(built, sessions.size() - done);
    }

    /** The plan of a key, held for the caller, who releases it. */
    CachedPlan hold(PlanKey key) throws RuntimeInferenceException {
        while (true) {
            CompletableFuture<CachedPlan> mine = new CompletableFuture<>();
            CompletableFuture<CachedPlan> found = find(key, mine);
            if (found == null) {
                build(key, mine);
                found = mine;
            }
            CachedPlan session = await(key, found);
            boolean held = session.hold();
            if (found == mine) {
                evict();
            }
            if (held) {
                return session;
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable CompletableFuture<CachedPlan> find(
            PlanKey key, CompletableFuture<CachedPlan> otherwise) {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        CompletableFuture<CachedPlan> found = sessions.get(key);
        if (found == null) {
            sessions.put(key, otherwise);
        }
        return found;
    }

    private void build(PlanKey key, CompletableFuture<CachedPlan> future)
            throws RuntimeInferenceException {
        try {
            complete(key, future);
        } catch (RuntimeInferenceException | RuntimeException | Error e) {
            synchronized (this) {
                sessions.remove(key);
            }
            future.completeExceptionally(e);
            throw e;
        }
    }

    private void evict() {
        List<CachedPlan> evicted = new ArrayList<>();
        synchronized (this) {
            var each = sessions.entrySet().iterator();
            while (sessions.size() > capacity && each.hasNext()) {
                CompletableFuture<CachedPlan> eldest = each.next().getValue();
                if (eldest.isDone()) {
                    if (!eldest.isCompletedExceptionally()) {
                        evicted.add(eldest.join());
                    }
                    each.remove();
                }
            }
        }
        evicted.forEach(CachedPlan::release);
    }

    private CachedPlan await(PlanKey key, CompletableFuture<CachedPlan> future)
            throws RuntimeInferenceException {
        try {
            return future.join();
        } catch (CompletionException e) {
            synchronized (this) {
                // Whoever asks next builds it again.
                sessions.remove(key, future);
            }
            if (e.getCause() instanceof RuntimeInferenceException cause) {
                throw new RuntimeInferenceException(
                        String.valueOf(cause.getMessage()), cause, cause.isOutOfMemory());
            }
            throw e;
        }
    }

    private static void releaseIfBuilt(@org.jspecify.annotations.Nullable CachedPlan plan) {
        if (plan != null) {
            plan.release();
        }
    }

    /** Sessions that are kept. */
    synchronized int size() {
        return sessions.size();
    }

    /** Lets go of a plan if it is open; when somebody holds it, it ends with its last holder. */
    void drop(PlanKey key) {
        CachedPlan open;
        synchronized (this) {
            CompletableFuture<CachedPlan> session = sessions.get(key);
            if (session == null || !session.isDone() || session.isCompletedExceptionally()) {
                return;
            }
            sessions.remove(key);
            open = session.join();
        }
        open.release();
    }

    /** Lets go of all that are open; those that somebody holds end with their last holder. */
    void clear() {
        List<CachedPlan> open = new ArrayList<>();
        synchronized (this) {
            var each = sessions.values().iterator();
            while (each.hasNext()) {
                CompletableFuture<CachedPlan> session = each.next();
                if (session.isDone() && !session.isCompletedExceptionally()) {
                    open.add(session.join());
                    each.remove();
                }
            }
        }
        open.forEach(CachedPlan::release);
    }

    @Override
    public void close() {
        List<CompletableFuture<CachedPlan>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(sessions.values());
            sessions.clear();
        }
        beside.shutdown();
        for (CompletableFuture<CachedPlan> session : left) {
            session.handle((plan, failure) -> plan).thenAccept(PlanCache::releaseIfBuilt).join();
        }
    }
}
