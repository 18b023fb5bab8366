/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a job says when it no longer runs a model. */
class ModelRemovalITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(TestCluster.of(1, 1));

    private final KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "3");
    private final String topic =
            new TopicRouting(settings.topics()).topic(new Destination.Models());

    /** Compaction drops a key whose newest record has no value; an empty one it would keep. */
    @Test
    void model_thatIsRemoved_isARecordWithoutValueBehindItsDescriptor() throws Exception {
        Preflight.check(settings, List.of(new Destination.Models()));
        run();
        try (TopicReader reader = TopicReader.committed(List.of(topic))) {
            List<ConsumerRecord<byte[], byte[]>> records = reader.await(3);
            assertThat(values(records, "kept")).containsExactly("[1]");
            assertThat(values(records, "removed")).containsExactly("[2]", "null");
            long partitions =
                    records.stream()
                            .filter(each -> name(each).equals("removed"))
                            .map(ConsumerRecord::partition)
                            .distinct()
                            .count();
            assertThat(partitions)
                    .as("in one partition, so that compaction sees both")
                    .isEqualTo(1);
        }
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records, String key) {
        return records.stream()
                .filter(each -> name(each).equals(key))
                .map(each -> Arrays.toString(each.value()))
                .toList();
    }

    private static String name(ConsumerRecord<byte[], byte[]> record) {
        return TopicReader.text(record.key());
    }

    /** Two descriptors, and that the model of the second one is gone. */
    private static Envelope envelope(long number) {
        String name = number == 1 ? "kept" : "removed";
        byte[] value = number == 3 ? new byte[0] : new byte[] {(byte) number};
        return new Envelope(new Destination.Models(), name, name, value, List.of());
    }

    private void run() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        env.enableCheckpointing(100);
        env.fromSequence(1, 3)
                .map(ModelRemovalITCase::envelope)
                .returns(Envelope.class)
                .sinkTo(EnvelopeSink.create(settings, "main"));
        env.execute();
    }
}
