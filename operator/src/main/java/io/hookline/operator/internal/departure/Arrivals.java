/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Events and marks in the order of their arrival, with removal anywhere in constant time. Marks
 * that become neighbours are joined, so there are never more marks than events and one.
 */
final class Arrivals<E> {
    private final IdentityHashMap<E, Node<E>> nodes = new IdentityHashMap<>();
    private @Nullable Node<E> first;
    private @Nullable Node<E> last;

    private static final class Node<E> {
        private Departure<E> content;
        private @Nullable Node<E> before;
        private @Nullable Node<E> after;

        private Node(Departure<E> content) {
            this.content = content;
        }
    }

    void add(E event) {
        Node<E> node = append(new Departure.Event<>(event));
        if (nodes.put(event, node) != null) {
            throw new IllegalStateException("an event arrived twice");
        }
    }

    void add(TimeMark mark) {
        if (last != null && last.content instanceof Departure.Mark<E> older) {
            last.content = new Departure.Mark<>(older.mark().then(mark));
        } else {
            append(new Departure.Mark<>(mark));
        }
    }

    Optional<Departure<E>> first() {
        return Optional.ofNullable(first).map(node -> node.content);
    }

    /** Takes out an event wherever it is, or the mark that is first. */
    void remove(Departure<E> departed) {
        Node<E> node =
                departed instanceof Departure.Event<E> event ? nodes.remove(event.event()) : first;
        if (node == null) {
            throw new IllegalStateException("what leaves has never arrived: " + departed);
        }
        unlink(node);
    }

    List<E> events() {
        List<E> events = new ArrayList<>(nodes.size());
        for (Node<E> node = first; node != null; node = node.after) {
            if (node.content instanceof Departure.Event<E> event) {
                events.add(event.event());
            }
        }
        return events;
    }

    int size() {
        return nodes.size();
    }

    private Node<E> append(Departure<E> content) {
        Node<E> node = new Node<>(content);
        node.before = last;
        if (last == null) {
            first = node;
        } else {
            last.after = node;
        }
        last = node;
        return node;
    }

    private void unlink(Node<E> node) {
        Node<E> before = node.before;
        Node<E> after = node.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        if (before != null && after != null) {
            join(before, after);
        }
    }

    private void join(Node<E> before, Node<E> after) {
        if (before.content instanceof Departure.Mark<E> older
                && after.content instanceof Departure.Mark<E> newer) {
            after.content = new Departure.Mark<>(older.mark().then(newer.mark()));
            unlink(before);
        }
    }
}
