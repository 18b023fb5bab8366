/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Events leave as they are completed. A mark waits for every event that arrived before it; an event
 * may overtake a mark, which never makes it late.
 */
final class UnorderedDepartures<E> implements DepartureQueue<E> {
    private final Arrivals<E> arrivals = new Arrivals<>();
    private final Deque<Departure.Event<E>> completed = new ArrayDeque<>();

    @Override
    public void add(E event) {
        arrivals.add(event);
    }

    @Override
    public void add(TimeMark mark) {
        arrivals.add(mark);
    }

    @Override
    public void complete(E event) {
        completed.add(new Departure.Event<>(event));
    }

    @Override
    public Optional<Departure<E>> head() {
        Optional<Departure<E>> first = arrivals.first();
        if (first.isPresent() && first.get() instanceof Departure.Mark<E>) {
            return first;
        }
        return Optional.ofNullable(completed.peek());
    }

    @Override
    public void remove(Departure<E> departed) {
        arrivals.remove(departed);
        if (departed instanceof Departure.Event<E>) {
            completed.remove();
        }
    }

    @Override
    public List<E> events() {
        return arrivals.events();
    }

    @Override
    public int size() {
        return arrivals.size();
    }
}
