/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.schema.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Kafka's producer in a loop, set as the sink's are: exactly-once, one transaction for what one
 * checkpoint of the sink covers. The records were made before.
 */
final class BareProducer implements Lane {
    private static final String NAME = "producer";

    private final KafkaProducer<byte[], byte[]> producer;
    private final List<ProducerRecord<byte[], byte[]>> records;
    private long sent;
    private long begunAt;

    BareProducer(String brokers, List<ProducerRecord<byte[], byte[]>> records) {
        this.records = records;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                brokers,
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                NAME,
                                ProducerConfig.LINGER_MS_CONFIG,
                                "10",
                                ProducerConfig.BATCH_SIZE_CONFIG,
                                Integer.toString(256 << 10),
                                ProducerConfig.BUFFER_MEMORY_CONFIG,
                                Integer.toString(64 << 20),
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                Integer.toString(8 << 20),
                                ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
                                AckCounter.class.getName(),
                                AckCounter.TURNSTILE,
                                NAME),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
        begin();
    }

    /** The record that the sink makes of an envelope. */
    static ProducerRecord<byte[], byte[]> record(String topic, int partitions, Envelope envelope) {
        byte[] spread = envelope.spread().getBytes(StandardCharsets.UTF_8);
        List<Header> headers =
                envelope.headers().stream()
                        .<Header>map(header -> new RecordHeader(header.key(), header.value()))
                        .toList();
        return new ProducerRecord<>(
                topic,
                Utils.toPositive(Utils.murmur2(spread)) % partitions,
                null,
                envelope.key().getBytes(StandardCharsets.UTF_8),
                envelope.value(),
                headers);
    }

    private void begin() {
        producer.beginTransaction();
        begunAt = System.nanoTime();
    }

    /** The turnstile counts what arrives; what does not, fails the flush of its transaction. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void run(int events) throws Exception {
        Turnstile.of(NAME).allow(events);
        for (int i = 0; i < events; i++) {
            producer.send(again(records.get((int) (sent++ % records.size()))));
            if (System.nanoTime() - begunAt > KafkaLanes.CHECKPOINTS.toNanos()) {
                producer.commitTransaction();
                begin();
            }
        }
        producer.flush();
        Turnstile.of(NAME).awaitAll(() -> {});
    }

    /** The producer makes a record's headers read-only when it is sent. */
    private static ProducerRecord<byte[], byte[]> again(ProducerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                null,
                record.key(),
                record.value(),
                record.headers());
    }

    @Override
    public void close() {
        producer.close();
    }
}
