/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.OutputOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both departure queues under any interleaving of arrivals, completions and departures. */
class DepartureQueueProperties {
    record Step(Kind kind, int choice) {}

    enum Kind {
        EVENT,
        WATERMARK,
        COMPLETE,
        DEPART
    }

    /** An event, compared by identity as the queue does. */
    private static final class Event {
        private final int arrival;

        private Event(int arrival) {
            this.arrival = arrival;
        }
    }

    /** What a history came to. */
    private static final class History {
        private final DepartureQueue<Event> queue;
        private final List<Event> arrived = new ArrayList<>();
        private final List<Event> open = new ArrayList<>();
        private final List<Event> completed = new ArrayList<>();
        private final List<Object> departed = new ArrayList<>();
        private long marks;

        private History(OutputOrder order) {
            this.queue = DepartureQueue.of(order);
        }

        void step(Step step) {
            switch (step.kind()) {
                case EVENT -> {
                    Event event = new Event(arrived.size());
                    arrived.add(event);
                    open.add(event);
                    queue.add(event);
                }
                // A watermark's value is the number of events that arrived before it.
                case WATERMARK -> {
                    marks = arrived.size();
                    queue.add(TimeMark.watermark(marks));
                }
                case COMPLETE -> {
                    if (!open.isEmpty()) {
                        Event event = open.remove(step.choice() % open.size());
                        completed.add(event);
                        queue.offer(event);
                    }
                }
                case DEPART -> depart();
            }
        }

        boolean depart() {
            Optional<Departure<Event>> head = queue.head();
            assertThat(queue.head()).isEqualTo(head);
            head.ifPresent(
                    departure -> {
                        queue.remove(departure);
                        departed.add(
                                departure instanceof Departure.Event<Event> event
                                        ? event.event()
                                        : ((Departure.Mark<Event>) departure)
                                                .mark()
                                                .watermark()
                                                .getAsLong());
                    });
            return head.isPresent();
        }

        List<Event> departedEvents() {
            return departed.stream()
                    .filter(Event.class::isInstance)
                    .map(Event.class::cast)
                    .toList();
        }
    }

    @Property
    void queue_anyHistory_watermarkNeverOvertakesEvent(
            @ForAll OutputOrder order, @ForAll("steps") List<Step> steps) {
        History history = run(order, steps);
        Set<Object> before = new HashSet<>();
        for (Object departed : history.departed) {
            if (departed instanceof Long watermark) {
                assertThat(before).containsAll(history.arrived.subList(0, (int) (long) watermark));
            }
            before.add(departed);
        }
        assertThat(history.departed.stream().filter(Long.class::isInstance).map(Long.class::cast))
                .isSorted();
    }

    @Property
    void queue_everythingCompleted_everythingDepartsOnce(
            @ForAll OutputOrder order, @ForAll("steps") List<Step> steps) {
        History history = run(order, steps);
        while (!history.open.isEmpty()) {
            history.step(new Step(Kind.COMPLETE, 0));
        }
        int left = 0;
        while (history.depart()) {
            left++;
        }
        assertThat(history.departedEvents()).containsExactlyInAnyOrderElementsOf(history.arrived);
        assertThat(history.queue.size()).isZero();
        if (history.marks > 0 && left > 0) {
            assertThat(history.departed.stream().filter(Long.class::isInstance))
                    .endsWith(history.marks);
        }
    }

    @Property
    void queue_anyHistory_keepsWhatHasNotDepartedInArrivalOrder(
            @ForAll OutputOrder order, @ForAll("steps") List<Step> steps) {
        History history = run(order, steps);
        List<Event> left = new ArrayList<>(history.arrived);
        left.removeAll(history.departedEvents());
        assertThat(history.queue.events()).isEqualTo(left);
        assertThat(history.queue.size()).isEqualTo(left.size());
    }

    @Property
    void orderedQueue_anyHistory_departsInArrivalOrder(@ForAll("steps") List<Step> steps) {
        List<Event> departed = run(OutputOrder.ORDERED, steps).departedEvents();
        assertThat(departed.stream().map(event -> event.arrival)).isSorted();
    }

    @Property
    void unorderedQueue_anyHistory_completedEventsDepartWithoutWaitingForOthers(
            @ForAll("steps") List<Step> steps) {
        History history = run(OutputOrder.UNORDERED, steps);
        while (history.depart()) {
            assertThat(history.queue.size()).isNotNegative();
        }
        assertThat(history.departedEvents()).isEqualTo(history.completed);
    }

    private static History run(OutputOrder order, List<Step> steps) {
        History history = new History(order);
        steps.forEach(history::step);
        return history;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }
}
