/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** How tokens are written, by id: out of a tokenizer.json, for people to read. */
final class TokenNames {
    /** Names of no tokens: columns then have their ids. */
    static final TokenNames NONE = new TokenNames(Map.of());

    private final Map<Integer, String> names;

    private TokenNames(Map<Integer, String> names) {
        this.names = names;
    }

    /**
     * The names in a tokenizer.json.
     *
     * @param path the file, or a model's folder or file beside which it is
     * @throws IOException when it cannot be read
     */
    static TokenNames read(Path path) throws IOException {
        Path file = path.toString().endsWith(".json") ? path : beside(path);
        JsonNode document = new ObjectMapper().readTree(file.toFile());
        Map<Integer, String> names = new HashMap<>();
        JsonNode vocabulary = document.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                names.put(id, readable(vocabulary.path(id).path(0).asText()));
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(
                            entry -> names.put(entry.getValue().asInt(), readable(entry.getKey())));
        }
        document.path("added_tokens")
                .forEach(
                        token ->
                                names.put(
                                        token.path("id").asInt(), token.path("content").asText()));
        return new TokenNames(names);
    }

    private static Path beside(Path model) {
        return Files.isDirectory(model)
                ? model.resolve("tokenizer.json")
                : model.resolveSibling("tokenizer.json");
    }

    /** Byte-level and sentence-piece tokens write spaces and line ends as letters of their own. */
    private static String readable(String token) {
        return token.replace('Ġ', ' ').replace('▁', ' ').replace('Ċ', '⏎');
    }

    /** Adds to an event what its tokens are called. */
    ObjectNode label(ObjectNode event) {
        ObjectNode labels = event.putObject("tokenNames");
        for (JsonNode invocation : event.path("invocations")) {
            label(invocation.path("tokens"), labels);
            label(invocation.path("generated"), labels);
        }
        return event;
    }

    private void label(JsonNode ids, ObjectNode labels) {
        for (JsonNode id : ids) {
            String name = names.get(id.asInt());
            if (name != null) {
                labels.put(Integer.toString(id.asInt()), name);
            }
        }
    }
}
