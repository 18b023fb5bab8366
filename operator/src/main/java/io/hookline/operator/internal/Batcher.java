/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.InvocationSettings.Batching;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Collects what waits to run into batches of one key. A batch is due when it is as large as it may
 * be, when its oldest item has waited long enough, or when nothing more is likely to come in that
 * time; of several due ones the one with the oldest item goes first. Time is what the caller says
 * it is.
 */
final class Batcher<T> {
    /** Keys whose past is remembered: as many as there are lengths in use. */
    private static final int FLOWS = 512;

    private final Batching batching;
    private final long maxWait;
    private final Map<BatchKey, Deque<Waiting<T>>> groups = new LinkedHashMap<>();
    private final Map<BatchKey, BatchFlow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private int size;
    private long arrivals;

    private record Waiting<T>(T item, long since, long arrival) {}

    /**
     * Items of one key, oldest first.
     *
     * @param waited how long the oldest of them waited, in milliseconds
     */
    record Batch<T>(BatchKey key, List<T> items, long waited) {}

    Batcher(Batching batching) {
        this.batching = batching;
        this.maxWait = batching.maxWait().toMillis();
    }

    /** Adds an item that begins to wait now. */
    void add(BatchKey key, T item, long now) {
        groups.computeIfAbsent(key, first -> new ArrayDeque<>())
                .add(new Waiting<>(item, now, arrivals++));
        flow(key).arrived(now);
        size++;
    }

    private BatchFlow flow(BatchKey key) {
        BatchFlow flow = flows.computeIfAbsent(key, first -> new BatchFlow(batching));
        if (flows.size() > FLOWS) {
            flows.remove(flows.keySet().iterator().next());
        }
        return flow;
    }

    /** A batch of that key and size has run, for so many milliseconds. */
    void ran(BatchKey key, int size, long millis) {
        flow(key).ran(size, millis);
    }

    /** Takes an item out again; whether it was still waiting. */
    boolean remove(BatchKey key, T item) {
        Deque<Waiting<T>> group = groups.get(key);
        if (group == null || !group.removeIf(waiting -> waiting.item() == item)) {
            return false;
        }
        size--;
        if (group.isEmpty()) {
            groups.remove(key);
        }
        return true;
    }

    /**
     * Takes the next batch, if one is due.
     *
     * @param all whether everything that waits is due
     */
    Optional<Batch<T>> poll(long now, boolean all) {
        return groups.entrySet().stream()
                .filter(group -> all || due(group.getKey(), group.getValue(), now))
                .min(Comparator.comparingLong(group -> group.getValue().element().arrival()))
                .map(group -> take(group.getKey(), group.getValue(), now));
    }

    private boolean due(BatchKey key, Deque<Waiting<T>> group, long now) {
        BatchFlow flow = flow(key);
        long until = group.element().since() + maxWait;
        return group.size() >= flow.target() || now >= until || !flow.isExpected(until);
    }

    private Batch<T> take(BatchKey key, Deque<Waiting<T>> group, long now) {
        long waited = now - group.element().since();
        int most = flow(key).target();
        List<T> items = new ArrayList<>(Math.min(most, group.size()));
        while (items.size() < most && !group.isEmpty()) {
            items.add(group.remove().item());
        }
        size -= items.size();
        if (group.isEmpty()) {
            groups.remove(key);
        }
        return new Batch<>(key, items, waited);
    }

    /** When the item that waits longest will be due at the latest; empty when nothing waits. */
    OptionalLong dueAt() {
        return groups.values().stream().mapToLong(group -> group.element().since() + maxWait).min();
    }

    /** Items that wait. */
    int size() {
        return size;
    }
}
