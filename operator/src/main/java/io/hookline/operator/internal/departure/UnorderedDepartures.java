/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Events leave as they are ready. A mark waits for every event that arrived before it; an event may
 * overtake a mark, which never makes it late.
 */
final class UnorderedDepartures<E> implements DepartureQueue<E> {
    private final Arrivals<E> arrivals = new Arrivals<>();
    private final Deque<Departure.Event<E>> offered = new ArrayDeque<>();
    private final Set<E> queued = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public void add(E event) {
        arrivals.add(event);
    }

    @Override
    public void add(TimeMark mark) {
        arrivals.add(mark);
    }

    @Override
    public void offer(E event) {
        if (queued.add(event)) {
            offered.add(new Departure.Event<>(event));
        }
    }

    @Override
    public void withhold(E event) {
        offered.remove();
        queued.remove(event);
    }

    @Override
    public Optional<Departure<E>> head() {
        Optional<Departure<E>> first = arrivals.first();
        if (first.isPresent() && first.get() instanceof Departure.Mark<E>) {
            return first;
        }
        return Optional.ofNullable(offered.peek());
    }

    @Override
    public void remove(Departure<E> departed) {
        arrivals.remove(departed);
        if (departed instanceof Departure.Event<E> event) {
            withhold(event.event());
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
