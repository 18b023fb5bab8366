/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import io.hookline.operator.InvocationSettings.Batching;
import io.hookline.operator.internal.batch.BatchGroup.Waiting;
import java.util.Comparator;
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
public final class Batcher<T> {
    /** Keys whose past is remembered: as many as there are lengths in use. */
    private static final int FLOWS = 512;

    private final Batching batching;
    private final long maxWait;
    private final Map<BatchKey, BatchGroup<T>> groups = new LinkedHashMap<>();
    private final Map<BatchKey, BatchFlow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private int size;
    private long arrivals;
    private long returns;

    /**
     * Items of one key, oldest first or by length.
     *
     * @param waited how long the oldest of them waited, in milliseconds
     */
    public record Batch<T>(BatchKey key, List<T> items, long waited) {}

    private record Due<T>(BatchKey key, List<Waiting<T>> items) {
        private Waiting<T> oldest() {
            return items.stream().min(Comparator.comparingLong(Waiting::arrival)).orElseThrow();
        }
    }

    public Batcher(Batching batching) {
        this.batching = batching;
        this.maxWait = batching.maxWait().toMillis();
    }

    /** Adds an item that begins to wait now. */
    public void add(BatchKey key, T item, Extent extent, long now) {
        group(key).add(new Waiting<>(item, extent, now, arrivals++));
        flow(key).arrived(now);
        size++;
    }

    /** Adds an item that was in a batch and has not run; it is due at once. */
    public void addAgain(BatchKey key, T item, Extent extent, long now) {
        group(key).add(new Waiting<>(item, extent, now - maxWait, --returns));
        size++;
    }

    private BatchGroup<T> group(BatchKey key) {
        return groups.computeIfAbsent(
                key, first -> new BatchGroup<>(key.isPadded(), batching.maxPadding()));
    }

    private BatchFlow flow(BatchKey key) {
        BatchFlow flow = flows.computeIfAbsent(key, first -> new BatchFlow(batching));
        if (flows.size() > FLOWS) {
            flows.remove(flows.keySet().iterator().next());
        }
        return flow;
    }

    /** A batch of that key and size has run, for so many milliseconds. */
    public void ran(BatchKey key, int size, long millis) {
        flow(key).ran(size, millis);
    }

    /** Takes an item out again; whether it was still waiting. */
    public boolean remove(BatchKey key, T item) {
        BatchGroup<T> group = groups.get(key);
        if (group == null || !group.remove(item)) {
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
    public Optional<Batch<T>> poll(long now, boolean all) {
        return groups.entrySet().stream()
                .flatMap(group -> due(group.getKey(), group.getValue(), now, all).stream())
                .min(Comparator.comparingLong(due -> due.oldest().arrival()))
                .map(due -> take(due, now));
    }

    private Optional<Due<T>> due(BatchKey key, BatchGroup<T> group, long now, boolean all) {
        BatchFlow flow = flow(key);
        long until = group.oldest().since() + maxWait;
        boolean first = all || now >= until || !flow.isExpected(until);
        Optional<List<Waiting<T>>> items =
                first ? Optional.of(group.withOldest(flow.target())) : group.full(flow.target());
        return items.map(due -> new Due<>(key, due));
    }

    private Batch<T> take(Due<T> due, long now) {
        BatchGroup<T> group = group(due.key());
        group.remove(due.items());
        if (group.isEmpty()) {
            groups.remove(due.key());
        }
        size -= due.items().size();
        return new Batch<>(
                due.key(),
                due.items().stream().map(Waiting::item).toList(),
                now - due.oldest().since());
    }

    /** When the item that waits longest will be due at the latest; empty when nothing waits. */
    public OptionalLong dueAt() {
        return groups.values().stream().mapToLong(group -> group.oldest().since() + maxWait).min();
    }

    /** Items that wait. */
    int size() {
        return size;
    }
}
