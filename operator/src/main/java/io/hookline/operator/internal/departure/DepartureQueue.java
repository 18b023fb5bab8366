/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import io.hookline.operator.OutputOrder;
import java.util.List;
import java.util.Optional;

/**
 * Everything between arrival and departure, and the order in which it leaves. Events are compared
 * by identity.
 */
public interface DepartureQueue<E> {
    /** An event has arrived. */
    void add(E event);

    /** A mark has arrived. */
    void add(TimeMark mark);

    /**
     * Outputs of an event are ready to leave; it must be here, and may have been offered before.
     */
    void offer(E event);

    /** The event at the head has nothing more to leave for now. */
    void withhold(E event);

    /** What may leave next; stays there until it is removed or withheld. */
    Optional<Departure<E>> head();

    /** It has left. */
    void remove(Departure<E> departed);

    /** Events that have not left, in the order of arrival. */
    List<E> events();

    /** How many events have not left. */
    int size();

    /** An empty queue of that order. */
    static <E> DepartureQueue<E> of(OutputOrder order) {
        return switch (order) {
            case ORDERED -> new OrderedDepartures<>();
            case UNORDERED -> new UnorderedDepartures<>();
        };
    }
}
