/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The part of Confluent's REST API that records need, as its documentation has it: schemas by id,
 * registration and look-up under a subject, the error bodies, basic authentication.
 */
final class TestRegistry implements AutoCloseable {
    static final String USER_INFO = "job:open-sesame";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FIRST_ID = 100_001;

    private final HttpServer server;
    private final List<String> schemas = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> subjects = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    private TestRegistry(HttpServer server) {
        this.server = server;
    }

    static TestRegistry start() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        TestRegistry registry = new TestRegistry(server);
        server.createContext("/api/", registry::handle);
        server.start();
        return registry;
    }

    String url() {
        return "http://127.0.0.1:%d/api".formatted(server.getAddress().getPort());
    }

    /** The next requests fail, so many of them. */
    void fail(int times) {
        failures.set(times);
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    List<String> subjects() {
        return List.copyOf(subjects);
    }

    /** The id of a schema that somebody else registered. */
    int add(String schema) {
        schemas.add(schema);
        return FIRST_ID + schemas.size() - 1;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/api/".length());
        requests.add(exchange.getRequestMethod() + " " + path);
        String basic =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(USER_INFO.getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            error(exchange, 401, 40101, "Unauthorized");
        } else if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            error(exchange, 500, 50001, "Error in the backend data store");
        } else if (path.startsWith("schemas/ids/")) {
            byId(exchange, Long.parseLong(path.substring("schemas/ids/".length())));
        } else {
            bySchema(exchange, path);
        }
    }

    private void byId(HttpExchange exchange, long id) throws IOException {
        if (id < FIRST_ID || id >= FIRST_ID + schemas.size()) {
            error(exchange, 404, 40403, "Schema not found");
            return;
        }
        String schema = schemas.get((int) id - FIRST_ID);
        send(exchange, 200, JsonNodeFactory.instance.objectNode().put("schema", schema));
    }

    private void bySchema(HttpExchange exchange, String path) throws IOException {
        String schema = JSON.readTree(exchange.getRequestBody()).get("schema").textValue();
        boolean registers = path.endsWith("/versions");
        if (!schemas.contains(schema)) {
            if (!registers) {
                error(exchange, 404, 40403, "Schema not found");
                return;
            }
            subjects.add(path.replaceAll("^subjects/|/versions$", ""));
            schemas.add(schema);
        }
        int id = FIRST_ID + schemas.indexOf(schema);
        send(exchange, 200, JsonNodeFactory.instance.objectNode().put("id", id));
    }

    private static void error(HttpExchange exchange, int status, int code, String message)
            throws IOException {
        send(
                exchange,
                status,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("error_code", code)
                        .put("message", message));
    }

    private static void send(HttpExchange exchange, int status, ObjectNode body)
            throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
