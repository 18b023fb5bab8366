/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.SourceRecord;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A monitor on a real broker: what it says of records, and whom it answers. */
final class MonitorITCase {
    private static SampleTopics topics;
    private static Monitor monitor;
    private static MonitorPage page;

    @BeforeAll
    static void start() throws Exception {
        topics = new SampleTopics();
        topics.writeAll();
        monitor = Monitor.start(topics.settings(MonitorSettings.BYTES_PER_SECOND));
        page = new MonitorPage(monitor.address());
        page.await("pairs", pairs -> pairs.size() == 1);
        page.await("alerts", alerts -> alerts.path("changes").size() == 3);
    }

    @AfterAll
    static void stop() {
        monitor.close();
        topics.close();
    }

    @Test
    void pair_ofTheSamePrompt_isFoundByWhatActed() throws Exception {
        JsonNode pair = page.document("pairs").path(0);
        assertThat(pair.path("plain").path("eventId").asText()).isEqualTo("plain");
        assertThat(pair.path("edited").path("eventId").asText()).isEqualTo("steered");
    }

    @Test
    void event_withNormsAndWholeValuesInChunks_hasTheNormOfEachToken() throws Exception {
        String key = page.document("find", "plain").path("key").asText();
        JsonNode event =
                page.await(
                        "event?key=" + key,
                        found ->
                                found.path("heatmap").size() == SampleRecords.BLOCKS
                                        && cells(found) == SampleRecords.BLOCKS * 11);
        JsonNode row =
                StreamSupport.stream(event.path("heatmap").spliterator(), false)
                        .filter(found -> found.path("module").asText().endsWith("layers.1"))
                        .findFirst()
                        .orElseThrow();
        assertThat(row.path("norms").path(3).asDouble()).isEqualTo(23);
        // Three steps of 128 equal elements: the root of 128 times the element.
        assertThat(row.path("norms").path(8).asDouble())
                .isCloseTo(Math.sqrt(128) * 2, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(row.path("steps").path(8).asInt()).isEqualTo(1);
        assertThat(event.path("invocations").path(0).path("text").asText()).startsWith("Dear");
    }

    @Test
    void prompt_comesFromTheEventsTopic_asItWasSent() throws Exception {
        String key = page.document("find", "steered").path("key").asText();
        assertThat(page.document("prompt", key).path("prompts").path(0).asText())
                .isEqualTo(SampleTopics.HOSTILE);
    }

    @Test
    void prompt_ofAnotherTopic_isNotRead() throws Exception {
        topics.ask("secret", "in the topic of events");
        assertThat(page.get("api/prompt?key=0:0:" + topics.topic("results")).statusCode())
                .isEqualTo(404);
        assertThat(page.get("api/prompt?key=nonsense").statusCode()).isEqualTo(404);
    }

    @Test
    void signal_withRulesThatFired_hasTheirThresholds() throws Exception {
        String key = page.document("signals").path(0).path("key").asText();
        JsonNode series = page.document("signal", key);
        assertThat(series.path("values")).hasSize(60);
        assertThat(series.path("times").path(0).asLong())
                .isEqualTo(SampleRecords.TIME.toEpochMilli());
        assertThat(texts(series.path("thresholds"), "threshold"))
                .containsExactlyInAnyOrder("0.9", "0.75");
    }

    @Test
    void alerts_firingAndResolved_standInTheirNewestState() throws Exception {
        JsonNode current = page.document("alerts").path("current");
        assertThat(texts(current, "fingerprint")).startsWith("f1").contains("f2");
        assertThat(texts(current, "state")).startsWith("firing").contains("resolved");
        String behind = current.path(0).path("exemplars").path(0).path("event").asText();
        assertThat(page.document("event", behind).path("eventId").asText()).isEqualTo("plain");
    }

    @Test
    void deadLetter_isCountedByItsCode() throws Exception {
        JsonNode letters = page.await("dead-letters", found -> !found.path("letters").isEmpty());
        assertThat(letters.path("codes").path("UNKNOWN_MODULE").asInt()).isEqualTo(1);
        assertThat(letters.path("letters").path(0).path("pointer").asText())
                .isEqualTo("/cache/0/modules/0");
    }

    @Test
    void control_inForce_isListed() throws Exception {
        JsonNode control = page.await("control", found -> !found.isEmpty());
        assertThat(texts(control, "key")).containsExactly("policy/steer-to-calm");
        assertThat(control.path(0).path("match").asText()).contains("calm");
    }

    @Test
    void recordsOfATransaction_untilItIsCommitted_areNotShown() throws Exception {
        SourceRecord source = topics.ask("transaction", "Hello");
        try (KafkaProducer<byte[], byte[]> producer =
                SampleTopics.producer(
                        Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.topic("writer")))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(
                            topics.record(
                                    "results",
                                    "aborted",
                                    SampleRecords.result(source, "aborted", "", false)))
                    .get();
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(
                            topics.record(
                                    "results",
                                    "committed",
                                    SampleRecords.result(source, "committed", "", false)))
                    .get();
            producer.commitTransaction();
        }
        page.await("events", events -> texts(events, "eventId").contains("committed"));
        assertThat(texts(page.document("events"), "eventId")).doesNotContain("aborted");
    }

    @Test
    void record_thatIsNone_isCountedAndPassed() throws Exception {
        topics.producer()
                .send(new ProducerRecord<>(topics.topic("signals"), new byte[] {1}, new byte[] {2}))
                .get();
        SourceRecord source = topics.ask("after", "Hello");
        topics.write("results", "after", SampleRecords.result(source, "after", "", false));
        page.await("events", events -> texts(events, "eventId").contains("after"));
        try (Stream<String> lines = stream()) {
            assertThat(lines.filter(line -> line.contains("\"unreadable\":")).findFirst())
                    .hasValueSatisfying(line -> assertThat(line).contains("\"unreadable\":1"));
        }
    }

    @Test
    void stream_whenAnAlertFires_saysSo() throws Exception {
        try (Stream<String> lines = stream()) {
            SourceRecord source = topics.ask("angry", "Hello");
            topics.write(
                    "alerts",
                    "f3",
                    SampleRecords.alert(source, "angry", "f3", "firing", "warning"));
            assertThat(lines.anyMatch(line -> line.contains("\"firing\":2"))).isTrue();
            topics.write(
                    "alerts",
                    "f3",
                    SampleRecords.alert(source, "angry", "f3", "resolved", "warning"));
        }
        page.await(
                "alerts",
                alerts -> !texts(alerts.path("current"), "state").get(1).equals("firing"));
    }

    @Test
    void throughput_countsWhatCameAfterTheStart() throws Exception {
        SourceRecord source = topics.ask("late", "Hello");
        topics.write("results", "late", SampleRecords.result(source, "late", "", false));
        JsonNode flow =
                page.await(
                        "throughput",
                        found ->
                                StreamSupport.stream(found.path("events").spliterator(), false)
                                                .mapToInt(JsonNode::asInt)
                                                .sum()
                                        > 0);
        assertThat(texts(flow.path("topics"), "topic"))
                .contains(
                        topics.topic("results"), topics.topic("activations.model.model.layers.0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: evil.example:PORT",
                "GET /api/events HTTP/1.1\r\nHost: evil.example",
                "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://evil.example",
                "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: null",
                "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site",
                "POST /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 0",
                "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: localhost:PORT"
            })
    void request_ofAnotherSite_isRefused(String request) throws Exception {
        assertThat(statusOf(request)).isBetween(400, 403);
    }

    @Test
    void request_byEitherNameOfTheLoopback_isAnswered() throws Exception {
        assertThat(statusOf("GET /api/events HTTP/1.1\r\nHost: localhost:PORT")).isEqualTo(200);
        assertThat(
                        statusOf(
                                "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT"))
                .isEqualTo(200);
    }

    @Test
    void page_onEveryAnswer_letsNothingElseIn() throws Exception {
        for (String path : List.of("", "main.js", "api/events", "nothing")) {
            HttpResponse<String> answer = page.get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../pom.xml", "api", "lib/uplot.js/", "%2e%2e/index.html", "web/main.js"})
    void path_thatIsNoFileOfThePage_isNotFound(String path) throws Exception {
        assertThat(page.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void port_thatIsTaken_isNamed() {
        MonitorSettings settings = topics.settings(1);
        int port = URI.create(monitor.address()).getPort();
        assertThatThrownBy(
                        () ->
                                Monitor.start(
                                        new MonitorSettings(
                                                settings.kafka(),
                                                port,
                                                settings.tokenizer(),
                                                true,
                                                1)))
                .isInstanceOf(java.io.IOException.class)
                .hasMessage("port %d on 127.0.0.1 is taken, --port names another", port);
    }

    private static Stream<String> stream() throws Exception {
        return java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(
                                        URI.create(monitor.address() + "api/stream"))
                                .build(),
                        HttpResponse.BodyHandlers.ofLines())
                .body();
    }

    private static int statusOf(String request) throws Exception {
        int port = URI.create(monitor.address()).getPort();
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port);
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String text = request.replace("PORT", Integer.toString(port)) + "\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return Integer.parseInt(
                    in.readLine().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
        }
    }

    private static int cells(JsonNode event) {
        return StreamSupport.stream(event.path("heatmap").spliterator(), false)
                .mapToInt(row -> row.path("norms").size())
                .sum();
    }

    private static List<String> texts(JsonNode array, String field) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> node.path(field).asText())
                .toList();
    }
}
