/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.Structure;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sessions by structure, the most recently used ones. Whoever asks for a new structure builds it
 * and others who ask for the same wait; who asks for another one does not.
 */
final class PlanCache implements AutoCloseable {
    private final Builder builder;
    private final int capacity;
    private final Map<Structure, CompletableFuture<PlanSession>> sessions =
            new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /** Makes the session of a structure. */
    interface Builder {
        PlanSession build(Structure structure) throws RuntimeInferenceException;
    }

    PlanCache(Builder builder, int capacity) {
        this.builder = builder;
        this.capacity = capacity;
    }

    /** The session of a structure, held for the caller, who releases it. */
    PlanSession hold(Structure structure) throws RuntimeInferenceException {
        while (true) {
            CompletableFuture<PlanSession> mine = new CompletableFuture<>();
            CompletableFuture<PlanSession> found = find(structure, mine);
            if (found == null) {
                build(structure, mine);
                found = mine;
            }
            PlanSession session = await(found);
            if (session.hold()) {
                return session;
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable CompletableFuture<PlanSession> find(
            Structure structure, CompletableFuture<PlanSession> otherwise) {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        CompletableFuture<PlanSession> found = sessions.get(structure);
        if (found == null) {
            sessions.put(structure, otherwise);
        }
        return found;
    }

    private void build(Structure structure, CompletableFuture<PlanSession> future)
            throws RuntimeInferenceException {
        try {
            future.complete(builder.build(structure));
        } catch (RuntimeInferenceException | RuntimeException | Error e) {
            synchronized (this) {
                sessions.remove(structure);
            }
            future.completeExceptionally(e);
            throw e;
        }
        evict();
    }

    private void evict() {
        List<PlanSession> evicted = new ArrayList<>();
        synchronized (this) {
            var each = sessions.entrySet().iterator();
            while (sessions.size() > capacity && each.hasNext()) {
                CompletableFuture<PlanSession> eldest = each.next().getValue();
                if (eldest.isDone()) {
                    evicted.add(eldest.join());
                    each.remove();
                }
            }
        }
        evicted.forEach(PlanSession::release);
    }

    private static PlanSession await(CompletableFuture<PlanSession> future)
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

    /** Sessions that are kept. */
    synchronized int size() {
        return sessions.size();
    }

    @Override
    public void close() {
        List<CompletableFuture<PlanSession>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(sessions.values());
            sessions.clear();
        }
        for (CompletableFuture<PlanSession> session : left) {
            if (!session.isCompletedExceptionally()) {
                session.join().release();
            }
        }
    }
}
