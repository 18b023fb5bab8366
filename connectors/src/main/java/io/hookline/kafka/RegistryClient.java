/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hookline.schema.codec.SchemaException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The two questions that records put to a schema registry, over its REST API: the id of a schema,
 * and the schema of an id.
 */
final class RegistryClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int TRIES = 3;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    private final RegistrySettings settings;
    private final HttpClient http;

    RegistryClient(RegistrySettings settings) {
        this.settings = settings;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(ANSWER_WITHIN)
                        .build();
    }

    /**
     * The id of a schema under a subject; registers it there, if that is allowed.
     *
     * @throws UncheckedIOException when there is none, with what the registry says
     */
    int id(String subject, String schema) {
        String path = "subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        JsonNode answer =
                ask(
                                settings.register() ? path + "/versions" : path,
                                Optional.of(
                                        JsonNodeFactory.instance
                                                .objectNode()
                                                .put("schema", schema)
                                                .put("schemaType", "AVRO")
                                                .toString()))
                        .orElseThrow(
                                () ->
                                        failure(
                                                "has no such schema under '%s', and '%s' is false"
                                                        .formatted(
                                                                subject,
                                                                KafkaOptions
                                                                        .SCHEMA_REGISTRY_AUTO_REGISTER
                                                                        .key())));
        return answer.path("id").asInt();
    }

    /**
     * The schema of an id, as text.
     *
     * @throws SchemaException when there is none, or it is no Avro schema
     * @throws UncheckedIOException when the registry does not answer
     */
    String schema(int id) throws SchemaException {
        JsonNode answer =
                ask("schemas/ids/" + Integer.toUnsignedString(id), Optional.empty())
                        .orElseThrow(
                                () ->
                                        new SchemaException(
                                                "the schema registry has no schema of id "
                                                        + Integer.toUnsignedString(id)));
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new SchemaException("schema %d is of type %s, not AVRO".formatted(id, type));
        }
        return answer.path("schema").asText();
    }

    /** The answer, empty when what is asked for is not there. */
    private Optional<JsonNode> ask(String path, Optional<String> body) {
        HttpRequest request = request(path, body);
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<String> response =
                        http.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() < SERVER_ERROR || attempt == TRIES) {
                    return answer(response);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(
                        new InterruptedIOException(
                                "interrupted while the schema registry was asked"));
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw new UncheckedIOException(
                            "schema registry at '%s' does not answer".formatted(settings.url()), e);
                }
            }
        }
    }

    private Optional<JsonNode> answer(HttpResponse<String> response) throws IOException {
        if (response.statusCode() == NOT_FOUND) {
            return Optional.empty();
        }
        if (response.statusCode() != 200) {
            throw failure(
                    "answers with status %d: %s".formatted(response.statusCode(), said(response)));
        }
        return Optional.of(JSON.readTree(response.body()));
    }

    private static String said(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body()).path("message").asText("nothing more");
        } catch (IOException e) {
            return "something else than JSON";
        }
    }

    private UncheckedIOException failure(String what) {
        String message = "schema registry at '%s' %s".formatted(settings.url(), what);
        return new UncheckedIOException(message, new IOException(message));
    }

    private HttpRequest request(String path, Optional<String> body) {
        String root = settings.url().toString();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create((root.endsWith("/") ? root : root + "/") + path))
                        .timeout(ANSWER_WITHIN)
                        .header("Accept", TYPE);
        authorization().ifPresent(value -> request.header("Authorization", value));
        body.ifPresent(
                text ->
                        request.header("Content-Type", TYPE)
                                .POST(HttpRequest.BodyPublishers.ofString(text)));
        return request.build();
    }

    private Optional<String> authorization() {
        Map<String, String> properties = settings.properties();
        Optional<String> user =
                Optional.ofNullable(properties.get(RegistrySettings.USER_INFO))
                        .map(info -> info.getBytes(StandardCharsets.UTF_8))
                        .map(info -> "Basic " + Base64.getEncoder().encodeToString(info));
        return user.or(
                () ->
                        Optional.ofNullable(properties.get(RegistrySettings.TOKEN))
                                .map(token -> "Bearer " + token));
    }
}
