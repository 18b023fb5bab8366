/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How the alerts compare with what the tickets were drawn from. Only this looks at those labels; no
 * message holds them.
 *
 * @param expected tickets that somebody should be told of
 * @param raised those that raised the alert they should
 * @param calm tickets that nobody should be told of
 * @param falseAlarms those that raised an alert
 * @param p99Seconds by when 99 of 100 alerts were seen after the result of their ticket
 */
record AlertJudgement(int expected, int raised, int calm, int falseAlarms, double p99Seconds) {
    static AlertJudgement of(List<Workload.Ask> asks, Ledger ledger) {
        int expected = 0;
        int calm = 0;
        int falseAlarms = 0;
        List<Long> delays = new ArrayList<>();
        for (Workload.Ask ask : asks) {
            if (ask.ticket().isCalm()) {
                calm++;
                falseAlarms += ledger.alerts().hasAny(ask.id()) ? 1 : 0;
            } else {
                expected++;
                delay(ask, ledger).ifPresent(delays::add);
            }
        }
        return new AlertJudgement(expected, delays.size(), calm, falseAlarms, p99(delays));
    }

    /** From the moment the ticket's result was seen; one seen before has none. */
    private static Optional<Long> delay(Workload.Ask ask, Ledger ledger) {
        OptionalLong result = ledger.seen(ask.id());
        return ledger.alerts()
                .find(ask.id(), ask.ticket().tone())
                .map(
                        alert ->
                                result.isPresent()
                                        ? Math.max(0, alert.nanos() - result.getAsLong())
                                        : 0);
    }

    private static double p99(List<Long> delays) {
        if (delays.isEmpty()) {
            return 0;
        }
        Collections.sort(delays);
        int index = (int) Math.ceil(0.99 * delays.size()) - 1;
        return delays.get(index) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** Tickets whose alert did not come. */
    int missed() {
        return expected - raised;
    }

    /** Writes the figures. */
    void write(ObjectNode to) {
        to.put("expected", expected)
                .put("raised", raised)
                .put("missed", missed())
                .put("falseAlarms", falseAlarms)
                .put("p99Seconds", p99Seconds);
    }
}
