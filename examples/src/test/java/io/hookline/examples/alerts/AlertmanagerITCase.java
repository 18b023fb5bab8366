/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.schema.Alert;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is forwarded, as the real Alertmanager understands it. */
@Tag("prometheus")
class AlertmanagerITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;
    private Process process;
    private URI url;

    @AfterEach
    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    @Test
    void alertmanager_toldOfFiringAndResolved_knowsBothAsOneAlert() throws Exception {
        start();
        Delivery delivery =
                new Delivery(
                        new Alertmanager(url, Duration.ofHours(1), Clock.systemUTC()), Map.of());
        Instant began = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        assertThat(delivery.attempt(List.of(alert("firing", began, began))).told()).isEmpty();
        JsonNode alert = await(alerts -> alerts.size() == 1).get(0);
        assertThat(alert.get("labels").get("alertname").asText()).isEqualTo("hot");
        assertThat(alert.get("labels").get("module").asText()).isEqualTo("model.model.layers.2");
        assertThat(alert.get("labels").get("severity").asText()).isEqualTo("critical");
        assertThat(alert.get("annotations").get("summary").asText()).isEqualTo("too hot");
        assertThat(alert.get("status").get("state").asText()).isEqualTo("active");

        assertThat(delivery.attempt(List.of(alert("resolved", began, Instant.now()))).told())
                .isEmpty();
        await(JsonNode::isEmpty);
    }

    private void start() throws Exception {
        Path config =
                Files.writeString(
                        folder.resolve("alertmanager.yml"),
                        "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        url = URI.create("http://127.0.0.1:" + port);
        process =
                new ProcessBuilder(
                                "prometheus-alertmanager",
                                "--config.file=" + config,
                                "--storage.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port,
                                "--cluster.listen-address=")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        await(JsonNode::isArray);
    }

    /** What Alertmanager lists, once it is as wanted. */
    private JsonNode await(Predicate<JsonNode> wanted) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            JsonNode alerts = alerts();
            if (wanted.test(alerts)) {
                return alerts;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(
                "not as wanted; it says:\n" + Files.readString(folder.resolve("log")));
    }

    private JsonNode alerts() throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(url.resolve("/api/v2/alerts")).build(),
                                    HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(answer.body());
        } catch (IOException notYet) {
            Thread.sleep(100);
            return JSON.nullNode();
        }
    }

    private static Alert alert(String state, Instant began, Instant now) {
        return Alert.newBuilder()
                .setFingerprint("0123456789abcdef0123456789abcdef")
                .setState(state)
                .setSeverity("critical")
                .setRule("hot")
                .setRuleVersion(3)
                .setDetector("threshold")
                .setModulePath("model.model.layers.2")
                .setSignal("angry")
                .setValue(0.95)
                .setThreshold(0.9)
                .setStartedAt(began)
                .setEventTime(now.truncatedTo(ChronoUnit.MILLIS))
                .setEventIds(List.of("e"))
                .setExemplars(List.of())
                .setSummary("too hot")
                .setLabels(Map.of("team", "support"))
                .build();
    }
}
