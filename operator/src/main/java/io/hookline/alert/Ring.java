/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * Which held records of one subject are kept, by event, oldest first; the records themselves are
 * elsewhere, numbered without gaps. Immutable.
 *
 * @param first number of the oldest record
 * @param events what is kept
 * @param alerted the event that raised last; its records leave at once, empty for none
 * @param passing the event whose records leave at once because it follows, empty for none
 * @param toPass how many more events may follow
 * @param until event time at which all of it is forgotten
 */
public record Ring(
        long first, List<Kept> events, String alerted, String passing, int toPass, long until) {
    /** Nothing is kept. */
    public static final Ring EMPTY = new Ring(0, List.of(), "", "", 0, Long.MIN_VALUE);

    public Ring {
        events = List.copyOf(events);
        requireNonNull(alerted, "alerted");
        requireNonNull(passing, "passing");
    }

    /**
     * The records of one event.
     *
     * @param bytes of all of them
     */
    public record Kept(String eventId, int records, long bytes) {
        public Kept {
            requireNonNull(eventId, "eventId");
        }
    }

    /** The number that the next record gets. */
    public long next() {
        return first + events.stream().mapToLong(Kept::records).sum();
    }

    /** The bytes that are kept. */
    public long bytes() {
        return events.stream().mapToLong(Kept::bytes).sum();
    }

    /** The same, remembered at least until that event time. */
    public Ring until(long time) {
        return new Ring(first, events, alerted, passing, toPass, Math.max(until, time));
    }

    /** Whether nothing is lost when it is forgotten. */
    public boolean isForgettable() {
        return until == Long.MIN_VALUE;
    }

    /** Whether a record of that event leaves at once; the ring is then {@link #passed}. */
    public boolean passes(String eventId) {
        return eventId.equals(alerted) || eventId.equals(passing) || toPass > 0;
    }

    /** After a record of that event has left at once. */
    public Ring passed(String eventId) {
        return eventId.equals(alerted) || eventId.equals(passing)
                ? this
                : new Ring(first, events, alerted, eventId, toPass - 1, until);
    }

    /** With one more record, numbered {@link #next}. */
    public Ring with(String eventId, int bytes) {
        List<Kept> more = new ArrayList<>(events);
        int last = more.size() - 1;
        if (last >= 0 && more.get(last).eventId().equals(eventId)) {
            Kept own = more.get(last);
            more.set(last, new Kept(eventId, own.records() + 1, own.bytes() + bytes));
        } else {
            more.add(new Kept(eventId, 1, bytes));
        }
        return new Ring(first, more, alerted, passing, toPass, until);
    }

    /**
     * Without the oldest events that there is no room for; the event that came last counts extra.
     */
    public Ring within(Around limits) {
        List<Kept> kept = new ArrayList<>(events);
        long from = first;
        long bytes = bytes();
        while (!kept.isEmpty()
                && (kept.size() > limits.before() + 1 || bytes > limits.maxBytes())) {
            Kept oldest = kept.remove(0);
            from += oldest.records();
            bytes -= oldest.bytes();
        }
        return new Ring(from, kept, alerted, passing, toPass, until);
    }

    /**
     * The number of the first record that leaves with an alert that this event has raised: all from
     * there on do.
     */
    public long leavesFrom(String eventId, Around around) {
        long from = next();
        long bytes = 0;
        int others = 0;
        for (int place = events.size() - 1; place >= 0; place--) {
            Kept kept = events.get(place);
            others += kept.eventId().equals(eventId) ? 0 : 1;
            bytes += kept.bytes();
            if (others > around.before() || bytes > around.maxBytes()) {
                break;
            }
            from -= kept.records();
        }
        return from;
    }

    /** After the records from that number on have left with an alert that this event has raised. */
    public Ring left(long from, String eventId, Around around) {
        List<Kept> kept = new ArrayList<>();
        long number = first;
        for (Kept each : events) {
            if (number < from) {
                kept.add(each);
            }
            number += each.records();
        }
        return new Ring(first, kept, eventId, passing, Math.max(toPass, around.after()), until);
    }
}
