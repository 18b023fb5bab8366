/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documents that the page asks for. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** The document on one line; numbers that JSON does not have are strings in it. */
    static byte[] bytes(JsonNode document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always a document", e);
        }
    }

    /** The document in a text; a missing node when it is none. */
    static JsonNode parse(byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (java.io.IOException e) {
            return MAPPER.missingNode();
        }
    }

    static ObjectNode versions(Map<String, Long> versions) {
        ObjectNode node = object();
        versions.forEach(node::put);
        return node;
    }

    static ObjectNode strings(Map<String, String> values) {
        ObjectNode node = object();
        values.forEach((name, value) -> node.put(name, value));
        return node;
    }

    /** At most that many characters of a text. */
    static String cut(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters - 1) + "…";
    }

    /** At most that many characters of a text that may be absent. */
    static @Nullable String cut(Optional<String> text, int characters) {
        return text.map(given -> cut(given, characters)).orElse(null);
    }
}
