/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;

class PartitionCountsITCase {
    private static final Destination RESULTS = new Destination.Results();

    @Test
    void counts_ofTopicsThatGrow_followAfterARefresh() throws Exception {
        KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "2");
        String topic = topic(settings);
        Topics.ensure(settings, List.of(RESULTS));
        PartitionCounts counts = PartitionCounts.of(settings);
        assertThat(counts.of(topic, RESULTS)).isEqualTo(2);
        grow(topic, 5);
        assertThat(counts.of(topic, RESULTS)).isEqualTo(2);
        counts.refresh();
        assertThat(counts.of(topic, RESULTS)).isEqualTo(5);
    }

    @Test
    void counts_whenTheirTimeHasCome_areReadAgain() throws Exception {
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.topics.partitions", "2",
                        "hookline.sink.partition-refresh", "1 s");
        String topic = topic(settings);
        Topics.ensure(settings, List.of(RESULTS));
        PartitionCounts counts = PartitionCounts.of(settings);
        grow(topic, 3);
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (counts.of(topic, RESULTS) != 3) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void topic_thatNobodyMade_isMadeForItsFirstRecord() {
        KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "3");
        PartitionCounts counts = PartitionCounts.of(settings);
        assertThat(counts.of(topic(settings), RESULTS)).isEqualTo(3);
    }

    @Test
    void topic_thatMustNotBeMade_isNamed() {
        KafkaSettings settings = TestSettings.with("hookline.topics.create", "false");
        PartitionCounts counts = PartitionCounts.of(settings);
        assertThatThrownBy(() -> counts.of(topic(settings), RESULTS))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining(topic(settings));
    }

    private static String topic(KafkaSettings settings) {
        return new TopicRouting(settings.topics()).topic(RESULTS);
    }

    private static void grow(String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestBroker.servers()))) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
            while (partitions(admin, topic) < partitions) {
                Thread.onSpinWait();
            }
        }
    }

    private static int partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }
}
