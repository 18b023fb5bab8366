/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Plans in sessions by their keys, the most recently used ones. Whoever asks for a new plan builds
 * it and others who ask for the same wait; who asks for another one does not.
 */
final class PlanCache implements AutoCloseable {
    private final Builder builder;
    private final int capacity;
    private final Map<PlanKey, CompletableFuture<CachedPlan>> sessions =
            new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /** Opens a plan. */
    interface Builder {
        CachedPlan build(PlanKey key) throws RuntimeInferenceException;
    }

    PlanCache(Builder builder, int capacity) {
        this.builder = builder;
        this.capacity = capacity;
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
            CachedPlan session = await(found);
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
            future.complete(builder.build(key));
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
                    evicted.add(eldest.join());
                    each.remove();
                }
            }
        }
        evicted.forEach(CachedPlan::release);
    }

    private static CachedPlan await(CompletableFuture<CachedPlan> future)
            throws RuntimeInferenceException {
        try {
            return future.join();
        } catch (CompletionException e) {
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
        for (CompletableFuture<CachedPlan> session : left) {
            session.handle((plan, failure) -> plan).thenAccept(PlanCache::releaseIfBuilt).join();
        }
    }
}
