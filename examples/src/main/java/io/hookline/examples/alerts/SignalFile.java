/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.alert.Observation;
import io.hookline.alert.Origin;
import io.hookline.alert.Series;
import io.hookline.schema.SourcePosition;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Signals in a file, one JSON object on each line, with the names of the schema {@code Signal}:
 * only {@code name} and {@code value} are needed.
 */
final class SignalFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SignalFile() {}

    /** Reads the signals in the order of the file. */
    static void read(Path file, Consumer<Observation> to) throws IOException {
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    to.accept(observation(file, number, line));
                }
            }
        }
    }

    private static Observation observation(Path file, int number, String line) throws IOException {
        JsonNode signal;
        try {
            signal = JSON.readTree(line);
        } catch (IOException broken) {
            throw wrong(file, number, "no valid JSON");
        }
        if (!signal.path("name").isTextual()) {
            throw wrong(file, number, "a signal needs a 'name'");
        }
        if (!signal.path("value").isNumber()) {
            throw wrong(file, number, "a signal needs a number as its 'value'");
        }
        return new Observation(
                signal.path("modulePath").asText("model"),
                new Series(
                        signal.get("name").asText(),
                        signal.path("io").asText("output"),
                        signal.path("index").asInt(0),
                        signal.path("stage").asText("post")),
                signal.path("kind").asText("probe"),
                signal.get("value").doubleValue(),
                time(file, number, signal.path("eventTime")),
                signal.path("recordId").asText(Integer.toString(number)),
                signal.path("invocation").asInt(0),
                signal.path("step").asInt(0),
                origin(signal, number));
    }

    /** A signal without a time comes a second after the one on the line before. */
    private static long time(Path file, int number, JsonNode time) throws IOException {
        if (time.isMissingNode()) {
            return number * 1000L;
        }
        if (time.isIntegralNumber()) {
            return time.longValue();
        }
        try {
            return Instant.parse(time.asText()).toEpochMilli();
        } catch (DateTimeException e) {
            throw wrong(
                    file, number, "'eventTime' must be milliseconds or an ISO-8601 time in UTC");
        }
    }

    private static Origin origin(JsonNode signal, int number) {
        Map<String, String> headers = new HashMap<>();
        signal.path("headers")
                .properties()
                .forEach(each -> headers.put(each.getKey(), each.getValue().asText()));
        return new Origin(
                signal.path("eventId").asText("line-" + number),
                new SourcePosition("file", 0, number),
                signal.path("model").asText(""),
                text(signal, "modelVersion"),
                signal.path("modelDigest").asText(""),
                text(signal, "tenant"),
                text(signal, "session"),
                headers);
    }

    private static Optional<String> text(JsonNode signal, String field) {
        return Optional.of(signal.path(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private static IOException wrong(Path file, int number, String what) {
        return new IOException("%s in line %d of '%s'".formatted(what, number, file));
    }
}
