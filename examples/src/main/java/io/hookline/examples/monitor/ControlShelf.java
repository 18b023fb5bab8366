/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is in force on the control topic: policies, vectors, probes, rules by their key. */
final class ControlShelf {
    private static final int MAX_ENTRIES = 2_000;
    private static final int MAX_BODY = 4_000;

    private final Map<String, ObjectNode> entries = new TreeMap<>();
    private final RuleLines lines = new RuleLines();
    private long version;

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        version++;
        String key = new String(record.key(), StandardCharsets.UTF_8);
        JsonNode document = record.value() == null ? Json.object() : Json.parse(record.value());
        if (record.value() == null || document.has("remove")) {
            entries.remove(key);
            lines.enter(key, Json.object().path("body"));
        } else if (entries.containsKey(key) || entries.size() < MAX_ENTRIES) {
            entries.put(key, describe(key, record, document));
            lines.enter(key, document.path("body"));
        }
    }

    private static ObjectNode describe(
            String key, ConsumerRecord<byte[], byte[]> record, JsonNode document) {
        JsonNode body = document.path("body");
        return Json.object()
                .put("key", Json.cut(key, MAX_BODY))
                .put("version", record.offset())
                .put("writtenAt", record.timestamp())
                .put("match", document.path("match").isMissingNode() ? "" : text(document, "match"))
                .put("body", body.isMissingNode() ? "" : text(document, "body"));
    }

    private static String text(JsonNode document, String field) {
        return Json.cut(document.path(field).toString(), MAX_BODY);
    }

    /** Limits of rules on a series of a signal. */
    List<ObjectNode> lines(SignalLog.Name series) {
        return lines.of(series);
    }

    /** Every entry, by key. */
    ArrayNode all() {
        return Json.array().addAll(entries.values());
    }
}
