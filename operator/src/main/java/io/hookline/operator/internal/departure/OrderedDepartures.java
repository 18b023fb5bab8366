/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything leaves as it arrived. */
final class OrderedDepartures<E> implements DepartureQueue<E> {
    private final Arrivals<E> arrivals = new Arrivals<>();
    private final Set<E> offered = Collections.newSetFromMap(new IdentityHashMap<>());

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
        offered.add(event);
    }

    @Override
    public void withhold(E event) {
        offered.remove(event);
    }

    @Override
    public Optional<Departure<E>> head() {
        return arrivals.first().filter(this::mayLeave);
    }

    private boolean mayLeave(Departure<E> first) {
        return !(first instanceof Departure.Event<E> event) || offered.contains(event.event());
    }

    @Override
    public void remove(Departure<E> departed) {
        arrivals.remove(departed);
        if (departed instanceof Departure.Event<E> event) {
            offered.remove(event.event());
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
