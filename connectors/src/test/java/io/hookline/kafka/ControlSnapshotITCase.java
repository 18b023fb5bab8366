/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ControlSnapshotITCase {
    private final KafkaSettings settings = TestSettings.with("hookline.control.format", "avro");

    @Test
    void snapshot_ofAnEmptyTopic_isEmpty() {
        Topics.ensureInputs(settings);
        ControlSnapshot snapshot = ControlSnapshot.read(settings);
        assertThat(snapshot.entries()).isEmpty();
        assertThat(snapshot.nextOffset()).isZero();
    }

    @Test
    void snapshot_holdsTheNewestOfEachKey() throws Exception {
        Topics.ensureInputs(settings);
        try (KafkaProducer<byte[], byte[]> producer = TestProducer.create()) {
            send(producer, "policy/a", "a1");
            send(producer, "policy/b", "b1");
            send(producer, "vector/c", "c1");
            send(producer, "policy/a", "a2");
            send(producer, "vector/c", null);
        }
        ControlSnapshot snapshot = ControlSnapshot.read(settings);
        assertThat(snapshot.entries())
                .extracting(
                        event -> TopicReader.text(event.key()),
                        event -> TopicReader.text(event.value()),
                        event -> event.position().offset(),
                        SourceEvent::format)
                .containsExactly(
                        tuple("policy/b", "b1", 1L, EventFormat.AVRO),
                        tuple("policy/a", "a2", 3L, EventFormat.AVRO));
        assertThat(snapshot.nextOffset()).isEqualTo(5);
    }

    @Test
    void snapshot_withAbortedEvents_leavesThemOut() throws Exception {
        Topics.ensureInputs(settings);
        try (KafkaProducer<byte[], byte[]> producer =
                TestProducer.create("transactional.id", TestBroker.unique("writer"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "policy/a", "kept");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, "policy/a", "aborted");
            producer.abortTransaction();
        }
        ControlSnapshot snapshot = ControlSnapshot.read(settings);
        assertThat(snapshot.entries())
                .extracting(event -> TopicReader.text(event.value()))
                .containsExactly("kept");
        assertThat(snapshot.nextOffset()).isEqualTo(4);
    }

    @Test
    void topic_thatIsMissing_isNamed() {
        KafkaSettings impatient =
                TestSettings.with(
                        "hookline.kafka.properties.default.api.timeout.ms",
                        "500",
                        "hookline.kafka.properties.request.timeout.ms",
                        "400");
        assertThatThrownBy(() -> ControlSnapshot.read(impatient))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageStartingWith(
                        "control topic '%s' cannot be read: ", impatient.control().topic());
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String key, @Nullable String value)
            throws Exception {
        producer.send(
                        new ProducerRecord<>(
                                settings.control().topic(),
                                TestProducer.bytes(key),
                                TestProducer.bytes(value)))
                .get();
    }
}
