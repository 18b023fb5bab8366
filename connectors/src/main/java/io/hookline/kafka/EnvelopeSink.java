/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Envelope;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** One sink for all that a job sends: what comes of one event is committed together. */
public final class EnvelopeSink {
    /** Faster than Kafka's own; activations do not compress. The user's properties win. */
    private static final Map<String, String> PRODUCER =
            Map.of(
                    ProducerConfig.LINGER_MS_CONFIG,
                    "10",
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    Integer.toString(256 << 10),
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    Integer.toString(64 << 20),
                    ProducerConfig.COMPRESSION_TYPE_CONFIG,
                    "none");

    private EnvelopeSink() {}

    /**
     * A sink for envelopes.
     *
     * @param name tells the sinks of one job apart; it is part of the transactional ids, so a job
     *     continues from its state only under the same name
     */
    public static Sink<Envelope> create(KafkaSettings settings, String name) {
        KafkaSettings.SinkSettings sink = settings.sink();
        KafkaSinkBuilder<Envelope> builder =
                KafkaSink.<Envelope>builder()
                        .setKafkaProducerConfig(settings.connection().asProperties(PRODUCER))
                        .setBootstrapServers(settings.connection().bootstrapServers())
                        .setProperty(
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                Integer.toString(sink.maxRequestSize()))
                        .setRecordSerializer(new EnvelopeSerializer(settings))
                        .setDeliveryGuarantee(sink.guarantee());
        if (sink.guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
            builder.setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                    .setTransactionalIdPrefix(transactionalIds(sink.transactionalIdPrefix(), name))
                    .setProperty(
                            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                            Long.toString(sink.transactionTimeout().toMillis()));
        }
        return new TidySink(builder.build(), settings.connection());
    }

    /**
     * What the sink's transactional ids begin with. On restore it aborts whatever begins with that:
     * no prefix may therefore begin with another.
     */
    private static String transactionalIds(String prefix, String name) {
        if (name.isEmpty() || name.contains("/")) {
            throw new IllegalArgumentException(
                    "a sink's name must not be empty or contain '/': '%s'".formatted(name));
        }
        return prefix + "/" + name + "/";
    }
}
