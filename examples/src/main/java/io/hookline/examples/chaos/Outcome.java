/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * What came of all events.
 *
 * @param results events that ended, each counted once
 * @param duplicated results and dead letters too many
 * @param longestGap the longest time in which no result came
 */
record Outcome(
        int kills,
        int events,
        int results,
        long duplicated,
        Activations activations,
        Duration longestGap) {

    /**
     * Activation records.
     *
     * @param seen each counted once
     */
    record Activations(long seen, long lost, long duplicated) {}

    static Outcome of(int kills, int events, Tally tally, Duration longestGap) {
        return new Outcome(
                kills,
                events,
                tally.ended(),
                tally.duplicated(),
                new Activations(
                        tally.activations(),
                        tally.activationsLost(),
                        tally.activationsDuplicated()),
                longestGap);
    }

    int lost() {
        return Math.max(0, events - results);
    }

    /** Whether each event ended once, with all of its records once. */
    boolean isExact() {
        return events == results
                && duplicated == 0
                && activations.lost() == 0
                && activations.duplicated() == 0;
    }

    /** One line of JSON. */
    String json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("kills", kills).put("events", events).put("results", results);
        json.put("lost", lost()).put("duplicated", duplicated);
        json.put("activations", activations.seen());
        json.put("activationsLost", activations.lost());
        json.put("activationsDuplicated", activations.duplicated());
        json.put("longestGapSeconds", longestGap.toMillis() / 1000.0);
        return json.toString();
    }
}
