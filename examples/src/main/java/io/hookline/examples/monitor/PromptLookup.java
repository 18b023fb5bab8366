/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.kafka.KafkaSettings;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.PromptInvocation;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Fetches the event behind an output from where it was read. Results carry no prompts, so that
 * whoever may see results need not be allowed to see prompts.
 */
final class PromptLookup implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(4);
    private static final int MAX_TEXT = 64_000;
    private static final int MAX_INVOCATIONS = 64;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String eventsTopic;
    private final AvroFraming framing;

    /** A lookup in the events topic, and in no other. */
    PromptLookup(KafkaSettings settings) {
        this.eventsTopic = settings.events().topic();
        this.framing = settings.framing();
        this.consumer =
                new KafkaConsumer<>(
                        settings.connection().config(TopicFeed.CONSUMER),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
    }

    /** Prompts and program of the event; empty when it is no longer there. */
    synchronized Optional<ObjectNode> find(SourceRecord source) {
        if (!source.getTopic().equals(eventsTopic)) {
            return Optional.empty();
        }
        TopicPartition partition = new TopicPartition(source.getTopic(), source.getPartition());
        boolean exists =
                consumer.partitionsFor(eventsTopic).stream()
                        .anyMatch(info -> info.partition() == source.getPartition());
        return exists ? read(partition, source.getOffset()) : Optional.empty();
    }

    private Optional<ObjectNode> read(TopicPartition partition, long offset) {
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (offset < begin || offset >= end) {
            return Optional.empty();
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        long deadline = System.nanoTime() + WITHIN.toNanos();
        try {
            while (System.nanoTime() < deadline && consumer.position(partition) <= offset) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(200))) {
                    return record.offset() == offset && record.value() != null
                            ? describe(record.value())
                            : Optional.empty();
                }
            }
        } finally {
            consumer.assign(List.of());
        }
        return Optional.empty();
    }

    private Optional<ObjectNode> describe(byte[] value) {
        try {
            return Optional.of(describe(framing.decode(value, PromptEvent.class)));
        } catch (SchemaException e) {
            // Then it is JSON, or nothing that has prompts.
            JsonNode document = Json.parse(value);
            return document.isObject() ? Optional.of(describe(document)) : Optional.empty();
        }
    }

    private static ObjectNode describe(PromptEvent event) {
        ObjectNode node = Json.object();
        ArrayNode prompts = node.putArray("prompts");
        for (PromptInvocation invocation : event.getInvocations()) {
            if (prompts.size() < MAX_INVOCATIONS) {
                prompts.add(Json.cut(invocation.getPrompt(), MAX_TEXT));
            }
        }
        return node.put("program", Json.cut(event.toString(), MAX_TEXT));
    }

    private static ObjectNode describe(JsonNode document) {
        ObjectNode node = Json.object();
        ArrayNode prompts = node.putArray("prompts");
        for (JsonNode invocation : document.path("invocations")) {
            if (prompts.size() < MAX_INVOCATIONS) {
                prompts.add(
                        Json.cut(
                                Optional.ofNullable(invocation.path("prompt").textValue()),
                                MAX_TEXT));
            }
        }
        return node.put("program", Json.cut(document.toPrettyString(), MAX_TEXT));
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
