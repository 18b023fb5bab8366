/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.ElementType;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.Chunks;
import io.hookline.schema.codec.SchemaException;
import io.hookline.schema.codec.TensorCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivationReaderITCase {
    private static final Destination MLP = new Destination.Activations("model.mlp");

    private final KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "1");
    private final String topic = new TopicRouting(settings.topics()).topic(MLP);

    @BeforeEach
    void makeTopic() {
        Topics.ensure(settings, List.of(MLP));
    }

    @Test
    void records_wholeAndInChunks_areReadWhole() throws Exception {
        ActivationRecord small = record("small", 2);
        ActivationRecord large = record("large", 100);
        List<ActivationRecord> chunks = Chunks.split(large, 64);
        assertThat(chunks).hasSizeGreaterThan(3);
        try (KafkaProducer<byte[], byte[]> producer = TestProducer.create()) {
            send(producer, small);
            for (ActivationRecord chunk : chunks) {
                send(producer, chunk);
            }
        }
        try (ActivationReader reader = reader()) {
            List<ActivationRecord> records = readToEnd(reader);
            assertThat(records)
                    .extracting(ActivationRecord::getEventId)
                    .containsExactly("small", "large");
            assertThat(TensorCodec.floats(records.get(1).getTensor()))
                    .isEqualTo(TensorCodec.floats(large.getTensor()));
        }
    }

    @Test
    void records_notCommitted_areNotRead() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                TestProducer.create("transactional.id", TestBroker.unique("writer"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, record("aborted", 2));
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, record("committed", 2));
            producer.commitTransaction();
        }
        try (ActivationReader reader = reader()) {
            assertThat(readToEnd(reader))
                    .extracting(ActivationRecord::getEventId)
                    .containsExactly("committed");
        }
    }

    @Test
    void record_thatIsNone_isNamedAndPassed() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = TestProducer.create()) {
            send(producer, record("first", 2));
            producer.send(new ProducerRecord<>(topic, TestProducer.bytes("no record"))).get();
            send(producer, record("last", 2));
        }
        List<ActivationRecord> records = new ArrayList<>();
        try (ActivationReader reader = reader()) {
            SchemaException failure =
                    catchThrowableOfType(
                            SchemaException.class,
                            () -> {
                                while (true) {
                                    records.addAll(reader.poll(Duration.ofMillis(100)));
                                }
                            });
            assertThat(failure).hasMessageStartingWith(topic + "-0@1: ");
            records.addAll(readToEnd(reader));
        }
        assertThat(records)
                .extracting(ActivationRecord::getEventId)
                .containsExactly("first", "last");
    }

    private ActivationReader reader() {
        return new ActivationReader(settings.connection(), List.of(topic));
    }

    private static List<ActivationRecord> readToEnd(ActivationReader reader)
            throws SchemaException {
        List<ActivationRecord> records = new ArrayList<>();
        while (!reader.atEnd()) {
            records.addAll(reader.poll(Duration.ofMillis(100)));
        }
        return records;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, ActivationRecord record)
            throws Exception {
        byte[] value = AvroFraming.singleObject().encode(record);
        producer.send(new ProducerRecord<>(topic, TestProducer.bytes("model.mlp"), value)).get();
    }

    private static ActivationRecord record(String event, int width) {
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = i / 8f;
        }
        return ActivationRecord.newBuilder()
                .setRecordId(event)
                .setEventId(event)
                .setSource(new SourceRecord("events", 0, 0L))
                .setInvocation(0)
                .setCache("0")
                .setModulePath("model.mlp")
                .setIo("output")
                .setFirstToken(0)
                .setLastToken(0)
                .setTensor(TensorCodec.payload(values, new int[] {1, width}, ElementType.FLOAT32))
                .setModel("ticketlm")
                .setModelDigest("00")
                .setEventTime(Instant.EPOCH)
                .build();
    }
}
