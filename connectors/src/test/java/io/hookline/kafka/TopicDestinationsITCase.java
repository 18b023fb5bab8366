/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.DestinationUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicDestinationsITCase {
    @Test
    void topics_thatAreMissing_areMadeTogetherAndTheSinkKnowsThem() throws Exception {
        KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "3");
        PartitionCounts sink = PartitionCounts.of(settings);
        List<Destination> modules =
                IntStream.range(0, 90)
                        .<Destination>mapToObj(i -> new Destination.Activations("model.h." + i))
                        .toList();
        TopicDestinations destinations = new TopicDestinations(settings);

        await(destinations.prepare(modules));

        TopicRouting routing = new TopicRouting(settings.topics());
        assertThat(sink).isSameAs(PartitionCounts.of(settings));
        assertThat(modules)
                .allSatisfy(module -> assertThat(sink.known(routing.topic(module))).hasValue(3));
        assertThat(destinations.prepare(modules)).isCompleted();
    }

    @Test
    void topics_thatMustNotBeMade_areNamedAllAtOnce() {
        KafkaSettings settings = TestSettings.with("hookline.topics.create", "false");
        CompletableFuture<Void> prepared =
                new TopicDestinations(settings)
                        .prepare(
                                List.of(
                                        new Destination.Activations("a"),
                                        new Destination.Activations("b")));
        assertThatThrownBy(() -> await(prepared))
                .hasCauseInstanceOf(DestinationUnavailableException.class)
                .hasMessageContaining("2 topics are missing and 'hookline.topics.create' is false")
                .hasMessageContaining("activations.a")
                .hasMessageContaining("activations.b");
    }

    @Test
    void topic_whoseNameCollides_isUnavailableAndOthersAreNot() throws Exception {
        TopicDestinations destinations = new TopicDestinations(TestSettings.with());
        await(destinations.prepare(List.of(new Destination.Activations("a.b"))));
        CompletableFuture<Void> colliding =
                destinations.prepare(List.of(new Destination.Activations("a_b")));
        assertThatThrownBy(() -> await(colliding))
                .hasCauseInstanceOf(DestinationUnavailableException.class)
                .hasMessageContaining("collides");
        await(destinations.prepare(List.of(new Destination.Activations("c"))));
    }

    private static void await(CompletableFuture<Void> prepared)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        prepared.get(90, TimeUnit.SECONDS);
    }
}
