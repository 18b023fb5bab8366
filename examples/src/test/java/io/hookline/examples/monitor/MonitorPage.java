/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** What a client of the page asks. */
record MonitorPage(String address) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(30);

    HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(address + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode document(String name) throws Exception {
        return new ObjectMapper().readTree(get("api/" + name).body());
    }

    JsonNode document(String name, String key) throws Exception {
        return document(name + "?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8));
    }

    /** Asks again until the answer is as it should be; fails when it never is. */
    JsonNode await(String name, Predicate<JsonNode> enough) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode found = document(name);
        while (!enough.test(found)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("'%s' stayed %s".formatted(name, found));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            found = document(name);
        }
        return found;
    }
}
