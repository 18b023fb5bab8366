/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.job.TestKafka;
import io.hookline.examples.models.HooklineHome;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.ElementType;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.Chunks;
import io.hookline.schema.codec.TensorCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers in other languages on what the broker has. */
@Tag("python")
final class PythonITCase {
    private static final String TOPIC = "activations." + UUID.randomUUID();
    private static final float[] VALUES = {3, 4, 0, 0, 0, 0};

    /** Whole, in chunks, in a type that numpy has not, and one that is never committed. */
    @BeforeAll
    static void write() throws Exception {
        Map<String, Object> brokers =
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.brokers());
        try (Admin admin = Admin.create(brokers)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(2), Optional.empty())))
                    .all()
                    .get();
        }
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                TestKafka.brokers(),
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                TOPIC),
                        bytes,
                        bytes)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, record("whole", ElementType.FLOAT16));
            for (ActivationRecord chunk : Chunks.split(record("chunked", ElementType.FLOAT32), 8)) {
                send(producer, chunk);
            }
            send(producer, record("brain", ElementType.BFLOAT16));
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, record("aborted", ElementType.FLOAT16));
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, ActivationRecord record)
            throws Exception {
        byte[] value = AvroFraming.singleObject().encode(record);
        byte[] key = record.getModulePath().getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(TOPIC, key, value)).get();
    }

    private static ActivationRecord record(String event, ElementType type) {
        return ActivationRecord.newBuilder()
                .setRecordId(event)
                .setEventId(event)
                .setSource(new SourceRecord("events", 0, (long) event.length()))
                .setInvocation(0)
                .setCache("0")
                .setModulePath("model.mlp")
                .setIo("output")
                .setFirstToken(0)
                .setLastToken(1)
                .setTensor(TensorCodec.payload(VALUES, new int[] {2, 3}, type))
                .setModel("ticketlm")
                .setModelDigest("00")
                .setEventTime(Instant.EPOCH)
                .build();
    }

    @Test
    void example_inPython_readsArraysOfCommittedRecordsWhole() throws Exception {
        String script =
                HooklineHome.find()
                        .root()
                        .resolve("examples/python/read_activations.py")
                        .toString();
        assertThat(run("python3", script, TestKafka.brokers(), TOPIC).lines())
                .containsExactlyInAnyOrder(
                        "whole model.mlp output step 0 float16 (2, 3) 5.0",
                        "chunked model.mlp output step 0 float32 (2, 3) 5.0",
                        "brain model.mlp output step 0 float32 (2, 3) 5.0");
    }

    @Test
    void kcat_asInTheRecipe_listsCommittedRecords() throws Exception {
        String read =
                run(
                        "kcat",
                        "-q",
                        "-b",
                        TestKafka.brokers(),
                        "-t",
                        TOPIC,
                        "-C",
                        "-e",
                        "-X",
                        "isolation.level=read_committed",
                        "-f",
                        "%k %S bytes\\n");
        assertThat(read.lines()).hasSize(5).allMatch(line -> line.startsWith("model.mlp "));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
