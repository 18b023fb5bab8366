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
 * Collects what waits to run into batches of one key. A batch is due when it is full or when its
 * oldest item has waited long enough; of several due ones the one with the oldest item goes first.
 * Time is what the caller says it is.
 */
final class Batcher<T> {
    private final int maxSize;
    private final long maxWait;
    private final Map<BatchKey, Deque<Waiting<T>>> groups = new LinkedHashMap<>();
    private int size;
    private long arrivals;

    private record Waiting<T>(T item, long since, long arrival) {}

    /**
     * Items of one key, oldest first.
     *
     * @param waited how long the oldest of them waited, in milliseconds
     */
    record Batch<T>(List<T> items, long waited) {}

    Batcher(Batching batching) {
        this.maxSize = batching.maxSize();
        this.maxWait = batching.maxWait().toMillis();
    }

    /** Adds an item that begins to wait now. */
    void add(BatchKey key, T item, long now) {
        groups.computeIfAbsent(key, first -> new ArrayDeque<>())
                .add(new Waiting<>(item, now, arrivals++));
        size++;
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
                .filter(group -> all || due(group.getValue(), now))
                .min(Comparator.comparingLong(group -> group.getValue().element().arrival()))
                .map(group -> take(group.getKey(), group.getValue(), now));
    }

    private boolean due(Deque<Waiting<T>> group, long now) {
        return group.size() >= maxSize || now - group.element().since() >= maxWait;
    }

    private Batch<T> take(BatchKey key, Deque<Waiting<T>> group, long now) {
        long waited = now - group.element().since();
        List<T> items = new ArrayList<>(Math.min(maxSize, group.size()));
        while (items.size() < maxSize && !group.isEmpty()) {
            items.add(group.remove().item());
        }
        size -= items.size();
        if (group.isEmpty()) {
            groups.remove(key);
        }
        return new Batch<>(items, waited);
    }

    /** When the item that waits longest will be due; empty when nothing waits. */
    OptionalLong dueAt() {
        return groups.values().stream().mapToLong(group -> group.element().since() + maxWait).min();
    }

    /** Items that wait. */
    int size() {
        return size;
    }
}
