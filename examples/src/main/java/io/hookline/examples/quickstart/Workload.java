/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events of a quickstart: every second one is to be steered.
 *
 * @param shown the two events that share a prompt, absent when there is only one event
 */
record Workload(List<Ask> asks, Optional<Pair> shown) {
    Workload {
        asks = List.copyOf(asks);
    }

    /**
     * One event.
     *
     * @param steered whether it carries the header that the steering policy matches
     */
    record Ask(String id, Ticket ticket, boolean steered) {}

    /** The same prompt, left alone and steered. */
    record Pair(Ask plain, Ask steered) {}

    /** That many events, over the tickets in order, from the start again when they run out. */
    static Workload of(List<Ticket> tickets, int events) {
        List<Ask> asks = new ArrayList<>();
        for (int index = 0; index < events; index++) {
            Ticket ticket = tickets.get(index % tickets.size());
            int round = index / tickets.size();
            String id = round == 0 ? ticket.id() : ticket.id() + "-" + (round + 1);
            asks.add(new Ask(id, ticket, index % 2 == 1));
        }
        return new Workload(asks, Optional.empty()).withPair();
    }

    /** The first angry ticket that is left alone takes the place of its steered neighbour, too. */
    private Workload withPair() {
        for (int index = 0; index + 1 < asks.size(); index += 2) {
            Ask plain = asks.get(index);
            if (plain.ticket().isAngry() || index + 3 >= asks.size()) {
                Ask steered = new Ask(plain.id() + "-steered", plain.ticket(), true);
                List<Ask> changed = new ArrayList<>(asks);
                changed.set(index + 1, steered);
                return new Workload(changed, Optional.of(new Pair(plain, steered)));
            }
        }
        return this;
    }
}
