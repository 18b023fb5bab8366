/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes as Kafka records. The pooled transactions of the sink have to know its topics before
 * the first record: hence the facet.
 */
final class EnvelopeSerializer
        implements KafkaRecordSerializationSchema<Envelope>, KafkaDatasetFacetProvider {
    private static final long serialVersionUID = 1;

    private final KafkaSettings settings;
    private final TopicRouting routing;
    private transient @Nullable PartitionCounts partitions;
    private transient @Nullable Map<Destination, String> topics;

    EnvelopeSerializer(KafkaSettings settings) {
        this.settings = settings;
        this.routing = new TopicRouting(settings.topics());
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        partitions = PartitionCounts.of(settings);
        topics = new HashMap<>();
    }

    /** Without a timestamp: the producer sets the time of writing. */
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            Envelope envelope, KafkaSinkContext context, @Nullable Long timestamp) {
        if (partitions == null || topics == null) {
            throw new IllegalStateException("the sink's serializer is not open");
        }
        Destination destination = envelope.destination();
        String topic = topics.computeIfAbsent(destination, routing::topic);
        return new ProducerRecord<>(
                topic,
                partition(envelope.spread(), partitions.of(topic, destination)),
                null,
                envelope.key().getBytes(StandardCharsets.UTF_8),
                envelope.value().length == 0 ? null : envelope.value(),
                headers(envelope.headers()));
    }

    /** The partition that Kafka's own producers choose for that key. */
    static int partition(String spread, int partitions) {
        byte[] bytes = spread.getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }

    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(
                new DefaultKafkaDatasetFacet(
                        DefaultKafkaDatasetIdentifier.ofPattern(routing.pattern())));
    }

    private static List<org.apache.kafka.common.header.Header> headers(List<Header> headers) {
        List<org.apache.kafka.common.header.Header> all = new ArrayList<>(headers.size());
        headers.forEach(header -> all.add(new RecordHeader(header.key(), header.value())));
        return all;
    }
}
