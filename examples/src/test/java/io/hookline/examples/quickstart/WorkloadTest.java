/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 200, 2001})
    void of_anyNumber_hasThatManyDistinctEventsAndHalfSteered(int events) throws IOException {
        Workload workload = Workload.of(Tickets.packaged(), events);

        assertThat(workload.asks()).hasSize(events);
        assertThat(workload.asks()).extracting(Workload.Ask::id).doesNotHaveDuplicates();
        assertThat(workload.asks().stream().filter(Workload.Ask::steered)).hasSize(events / 2);
        assertThat(workload.shown().isPresent()).isEqualTo(events > 1);
    }

    @Test
    void of_manyTickets_showsAnAngryOneBothWays() throws IOException {
        Workload.Pair shown = Workload.of(Tickets.packaged(), 200).shown().orElseThrow();

        assertThat(shown.plain().ticket().isAngry()).isTrue();
        assertThat(shown.plain().steered()).isFalse();
        assertThat(shown.steered().steered()).isTrue();
        assertThat(shown.steered().ticket()).isEqualTo(shown.plain().ticket());
    }

    @Test
    void tickets_packagedAndTraining_haveBothTonesAndNoAnswers() throws IOException {
        for (List<Ticket> tickets : List.of(Tickets.packaged(), Tickets.training())) {
            assertThat(tickets).anyMatch(Ticket::isCalm).anyMatch(Ticket::isAngry);
            assertThat(tickets)
                    .allSatisfy(ticket -> assertThat(ticket.prompt()).endsWith("\nReply:"));
        }
        assertThat(Tickets.packaged()).hasSize(1000);
    }
}
