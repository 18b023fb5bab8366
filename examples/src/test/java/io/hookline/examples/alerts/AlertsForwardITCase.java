/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hookline.examples.job.TestKafka;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.Topics;
import io.hookline.schema.Alert;
import io.hookline.schema.Destination;
import io.hookline.schema.codec.AvroFraming;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts from a real topic to a real HTTP server. */
class AlertsForwardITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final String name = UUID.randomUUID().toString().substring(0, 8);
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
    private HttpServer server;
    private AlertForwarder forwarder;
    private Thread running;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Topics.ensure(settings(), List.of(new Destination.Alerts()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        stopForwarder();
        server.stop(0);
    }

    @Test
    void forward_toAlertmanager_tellsFiringAndResolvedByTheSameLabels() throws Exception {
        alert("a", "firing", 1);
        alert("a", "resolved", 2);
        start(new Alertmanager(url(), Duration.ofHours(1), Clock.fixed(NOW, ZoneOffset.UTC)));

        JsonNode all = JSON.readTree(body());
        assertThat(all).hasSize(2);
        assertThat(all.get(0).get("labels")).isEqualTo(all.get(1).get("labels"));
        assertThat(all.get(0).get("labels").get("alertname").asText()).isEqualTo("hot");
        assertThat(all.get(0).get("labels").get("fingerprint").asText()).isEqualTo("a");
        assertThat(all.get(0).get("labels").get("team").asText()).isEqualTo("support");
        assertThat(all.get(0).get("endsAt").asText()).isEqualTo("2026-01-01T13:00:00Z");
        assertThat(all.get(0).get("startsAt")).isEqualTo(all.get(1).get("startsAt"));
        assertThat(all.get(1).get("endsAt").asText()).isEqualTo(Instant.ofEpochMilli(2).toString());
        assertThat(all.get(0).get("annotations").get("summary").asText()).isEqualTo("too hot");
    }

    @Test
    void forward_whileTheReceiverIsDown_triesAgainUntilItIsDelivered() throws Exception {
        answers.addAll(List.of(503, 500));
        alert("a", "firing", 1);
        start(new Webhook(url()));

        assertThat(List.of(body(), body(), body())).allMatch(body -> body.contains("\"a\""));
        assertThat(log).hasSize(2).allMatch(line -> line.contains("1 alerts wait, next try in"));
        alert("b", "firing", 2);
        assertThat(JSON.readTree(body()).get("alerts"))
                .singleElement()
                .satisfies(each -> assertThat(each.get("fingerprint").asText()).isEqualTo("b"));
    }

    @Test
    void forward_afterARestart_goesOnBehindWhatWasDelivered() throws Exception {
        alert("a", "firing", 1);
        start(new Webhook(url()));
        body();
        stopForwarder();
        alert("a", "resolved", 2);
        start(new Webhook(url()));
        JsonNode message = JSON.readTree(body());
        assertThat(message.get("status").asText()).isEqualTo("resolved");
        assertThat(message.get("alerts")).hasSize(1);
    }

    @Test
    void forward_ofAnAlertThatIsNotTaken_tellsItAndGoesOn() throws Exception {
        answers.addAll(List.of(400, 400, 200));
        alert("a", "firing", 1);
        alert("b", "firing", 2);
        start(new Webhook(url()));
        assertThat(JSON.readTree(body()).get("alerts")).hasSize(2);
        assertThat(JSON.readTree(body()).get("alerts")).hasSize(1);
        assertThat(JSON.readTree(body()).get("alerts")).hasSize(1);
        assertThat(log).singleElement().asString().startsWith("alert a is lost: ").contains("400");
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Integer status = answers.poll();
        bodies.add(new String(body, java.nio.charset.StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        exchange.close();
    }

    private String body() throws InterruptedException {
        String body = bodies.poll(60, TimeUnit.SECONDS);
        assertThat(body).as("a message").isNotNull();
        return body;
    }

    private URI url() {
        return URI.create("http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
    }

    private KafkaSettings settings() {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, TestKafka.brokers());
        options.set(KafkaOptions.TOPICS_PREFIX, name + ".");
        return KafkaSettings.from(options);
    }

    private void start(Receiver receiver) {
        AlertForwarder started =
                new AlertForwarder(settings(), name, new Delivery(receiver, Map.of()), log::add);
        forwarder = started;
        running =
                new Thread(
                        () -> {
                            try (started) {
                                started.run();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        running.start();
    }

    private void stopForwarder() throws InterruptedException {
        forwarder.stop();
        running.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(running.isAlive()).isFalse();
    }

    private void alert(String fingerprint, String state, long time) throws Exception {
        Alert alert =
                Alert.newBuilder()
                        .setFingerprint(fingerprint)
                        .setState(state)
                        .setSeverity("warning")
                        .setRule("hot")
                        .setRuleVersion(3)
                        .setDetector("threshold")
                        .setModulePath("model.model.layers.2")
                        .setSignal("angry")
                        .setValue(0.95)
                        .setThreshold(0.9)
                        .setStartedAt(Instant.ofEpochMilli(1))
                        .setEventTime(Instant.ofEpochMilli(time))
                        .setSummary("too hot")
                        .setEventIds(List.of("e"))
                        .setExemplars(List.of())
                        .setLabels(Map.of("team", "support"))
                        .build();
        TestKafka.send(name + ".alerts", "same", AvroFraming.singleObject().encode(alert));
    }
}
