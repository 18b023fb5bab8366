/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Full activations reach their topic when a rule says that they matter, and only then. */
class HeldRecordsITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final String MODULE = "model.model.layers.2";
    private static final String POLICY =
            "{\"put\": \"policy\", \"name\": \"evidence\", \"match\": {},"
                    + " \"body\": {\"cache\": [{\"name\": \"held/blocks\", \"modules\": [\"%s\"]}]}}";
    private static final String RULE =
            "{\"put\": \"rule\", \"name\": \"hot\", \"match\": {\"tenant\": \"hot\"},"
                    + " \"body\": {\"signal\": \"norm\", \"modules\": [\"%s\"], \"key\": \"event\","
                    + " \"detector\": {\"type\": \"threshold\", \"above\": 0}, \"around\": {}}}";

    @Test
    void heldRecords_ofAJob_leaveOnlyWithTheirAlerts() throws Exception {
        List<ActivationRecord> activations;
        List<InvocationResult> results;
        try (TestJob job = TestJob.start(EventFormat.JSON, List.of(MODULE))) {
            TestKafka.send("control-" + job.name(), "policy/evidence", POLICY.formatted(MODULE));
            TestKafka.send("control-" + job.name(), "rule/hot", RULE.formatted(MODULE));
            AtomicInteger sent = new AtomicInteger();
            activations =
                    decoded(
                            TestKafka.read(
                                    job.topic("activations." + MODULE),
                                    found -> {
                                        sendPair(job, sent.getAndIncrement());
                                        return found.size() >= 3;
                                    }),
                            ActivationRecord.class);
            results =
                    decoded(
                            TestKafka.read(
                                    job.topic("results"), found -> found.size() >= 2 * sent.get()),
                            InvocationResult.class);
        }

        assertThat(activations)
                .allSatisfy(
                        record -> {
                            assertThat(record.getEventId()).startsWith("hot");
                            assertThat(record.getCache()).isEqualTo("held/blocks");
                        });
        assertThat(activations).extracting(ActivationRecord::getRecordId).doesNotHaveDuplicates();
        assertThat(results).allSatisfy(result -> assertThat(result.getRecordCounts()).isEmpty());
    }

    private static void sendPair(TestJob job, int number) {
        for (String tenant : List.of("hot", "calm")) {
            String event =
                    "{\"id\": \"%s-%d\", \"tenant\": \"%s\", \"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}]}"
                            .formatted(tenant, number, tenant);
            try {
                TestKafka.send(job.events(), tenant + number, event);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static <T extends SpecificRecord> List<T> decoded(
            List<ConsumerRecord<byte[], byte[]>> records, Class<T> type) throws Exception {
        List<T> decoded = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            decoded.add(AvroFraming.singleObject().decode(record.value(), type));
        }
        return decoded;
    }
}
