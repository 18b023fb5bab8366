/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Items of one key that wait, and which of them would go together. Where lengths may differ these
 * are neighbours by length, so that little is padded; elsewhere they are those that came first.
 */
final class BatchGroup<T> {
    private static final Comparator<Waiting<?>> BY_LENGTH =
            Comparator.<Waiting<?>>comparingInt(waiting -> waiting.extent().longest())
                    .thenComparingLong(Waiting::arrival);

    private final boolean padded;
    private final double mostPadding;
    private final Deque<Waiting<T>> arrivals = new ArrayDeque<>();
    private final List<Waiting<T>> lengths = new ArrayList<>();

    /**
     * One item.
     *
     * @param since when it began to wait
     * @param arrival tells which came first
     */
    record Waiting<T>(T item, Extent extent, long since, long arrival) {}

    /**
     * @param padded whether lengths may differ
     * @param mostPadding of a batch whose lengths differ, as a share of its positions
     */
    BatchGroup(boolean padded, double mostPadding) {
        this.padded = padded;
        this.mostPadding = mostPadding;
    }

    /** Adds an item that came after all others, or before them. */
    void add(Waiting<T> waiting) {
        if (!arrivals.isEmpty() && waiting.arrival() < arrivals.element().arrival()) {
            arrivals.addFirst(waiting);
        } else {
            arrivals.addLast(waiting);
        }
        if (padded) {
            lengths.add(-1 - Collections.binarySearch(lengths, waiting, BY_LENGTH), waiting);
        }
    }

    /** Takes an item out; whether it was there. */
    boolean remove(T item) {
        lengths.removeIf(waiting -> waiting.item() == item);
        return arrivals.removeIf(waiting -> waiting.item() == item);
    }

    boolean isEmpty() {
        return arrivals.isEmpty();
    }

    /** Whoever came first. */
    Waiting<T> oldest() {
        return arrivals.element();
    }

    /** Takes a batch out. */
    void remove(List<Waiting<T>> batch) {
        Set<Long> gone = new HashSet<>();
        batch.forEach(waiting -> gone.add(waiting.arrival()));
        arrivals.removeIf(waiting -> gone.contains(waiting.arrival()));
        lengths.removeIf(waiting -> gone.contains(waiting.arrival()));
    }

    /** A batch of whoever came first and as many others as fit. */
    List<Waiting<T>> withOldest(int most) {
        return padded ? around(oldest(), most) : arrivals.stream().limit(most).toList();
    }

    /** A batch that can't be larger, if there is one. */
    Optional<List<Waiting<T>>> full(int most) {
        if (arrivals.size() < most) {
            return Optional.empty();
        }
        List<Waiting<T>> first = withOldest(most);
        return first.size() >= most ? Optional.of(first) : fullWindow(most);
    }

    /** From an item to shorter and longer ones, as long as there is little padding. */
    private List<Waiting<T>> around(Waiting<T> start, int most) {
        int from = Collections.binarySearch(lengths, start, BY_LENGTH);
        int to = from + 1;
        Extent extent = start.extent();
        while (to - from < most) {
            Optional<Extent> shorter = at(from - 1).map(extent::and).filter(this::isFine);
            Optional<Extent> longer = at(to).map(extent::and).filter(this::isFine);
            if (shorter.isEmpty() && longer.isEmpty()) {
                break;
            }
            boolean down = longer.isEmpty() || isBetter(shorter, longer.get());
            extent = (down ? shorter : longer).get();
            from -= down ? 1 : 0;
            to += down ? 0 : 1;
        }
        return List.copyOf(lengths.subList(from, to));
    }

    private static boolean isBetter(Optional<Extent> extent, Extent other) {
        return extent.isPresent() && extent.get().padding() < other.padding();
    }

    private boolean isFine(Extent extent) {
        return extent.padding() <= mostPadding;
    }

    private Optional<Extent> at(int index) {
        return index < 0 || index >= lengths.size()
                ? Optional.empty()
                : Optional.of(lengths.get(index).extent());
    }

    private Optional<List<Waiting<T>>> fullWindow(int most) {
        if (!padded) {
            return Optional.empty();
        }
        int rows = 0;
        long tokens = 0;
        for (int to = 1; to <= lengths.size(); to++) {
            Extent added = lengths.get(to - 1).extent();
            Extent gone = at(to - 1 - most).orElse(Extent.NONE);
            rows += added.rows() - gone.rows();
            tokens += added.tokens() - gone.tokens();
            if (to >= most && isFine(new Extent(rows, added.longest(), tokens))) {
                return Optional.of(List.copyOf(lengths.subList(to - most, to)));
            }
        }
        return Optional.empty();
    }
}
