/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.DestinationsSource;
import io.hookline.operator.FramingSource;
import io.hookline.operator.JobStart;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.DestinationUnavailableException;
import io.hookline.schema.Destinations;
import io.hookline.schema.InvocationOutcome;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutletsTest {
    private static final Destination SLOW = new Destination.Activations("slow");
    private static final Map<Destination, CompletableFuture<Void>> TOPICS =
            new ConcurrentHashMap<>();

    private final CompletableFuture<Void> slow = new CompletableFuture<>();
    private final Job job =
            new Job(
                    new TestingModelRuntime().source(),
                    new JobStart(List.of(), FramingSource.SINGLE_OBJECT, source()),
                    Map.of("hookline.batch.max-size", "1"));

    OutletsTest() {
        TOPICS.put(SLOW, slow);
    }

    /** Travels with the operator, so what it knows is this class's. */
    private static DestinationsSource source() {
        return () -> OutletsTest::prepared;
    }

    private static CompletableFuture<Void> prepared(Collection<? extends Destination> wanted) {
        return CompletableFuture.allOf(
                wanted.stream()
                        .map(each -> TOPICS.getOrDefault(each, Destinations.READY.prepare(wanted)))
                        .toArray(CompletableFuture[]::new));
    }

    @Test
    void event_whoseTopicIsBeingMade_waitsAloneAndThenRuns() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("to slow", 0));
            harness.event(prompt("to fast", 1));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(texts(harness)).containsExactly("to fast");
            slow.complete(null);
            harness.endEvents();
            assertThat(texts(harness)).containsExactly("to fast", "to slow");
        }
    }

    @Test
    void event_whoseTopicIsBeingMade_isInTheSnapshot() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("to slow", 0));
            var state = harness.snapshot(1, 1);
            slow.complete(null);
            try (InvocationHarness restored =
                    InvocationHarness.restore(job, InvocationHarness.Subtask.ONLY, state)) {
                restored.endEvents();
                assertThat(texts(restored)).containsExactly("to slow");
            }
        }
    }

    @Test
    void event_whoseTopicCannotBeMade_isADeadLetter() throws Exception {
        slow.completeExceptionally(
                new CompletionException(
                        new DestinationUnavailableException("no such topic", new Exception())));
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("to slow", 0));
            harness.event(prompt("to fast", 1));
            harness.endEvents();
            assertThat(texts(harness)).containsExactly("to fast");
            assertThat(harness.deadLetters())
                    .extracting(DeadLetter::getCode, DeadLetter::getReason)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple(
                                    "TOPIC_UNAVAILABLE", "no such topic"));
        }
    }

    @Test
    void event_whenTheBrokersStayAway_failsTheTask() throws Exception {
        slow.completeExceptionally(new IllegalStateException("nobody answers"));
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("to slow", 0));
            assertThatThrownBy(harness::endEvents).hasRootCauseMessage("nobody answers");
        }
    }

    private static List<String> texts(InvocationHarness harness) {
        return harness.results().stream()
                .map(result -> result.getInvocations().get(0))
                .map(InvocationOutcome::getText)
                .toList();
    }
}
