/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records in Confluent's framing, whose schemas a registry has. */
final class BoardFramingTest {
    private static final String SCHEMA =
            InvocationResult.getClassSchema().toString().replace("\"", "\\\"");

    private HttpServer registry;

    @BeforeEach
    void start() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/subjects/", exchange -> answer(exchange, "{\"id\": 7}"));
        registry.createContext(
                "/schemas/ids/7", exchange -> answer(exchange, "{\"schema\": \"" + SCHEMA + "\"}"));
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void record_framedByTheRegistryOfTheJob_isRead() {
        Board board = new Board(framing());

        board.enter(record(), TopicKind.RESULTS, true);

        assertThat(board.events().path(0).path("eventId").asText()).isEqualTo("e");
        assertThat(board.tick().path("unreadable").asInt()).isZero();
    }

    @Test
    void record_ofARegistryThatIsAway_isCountedAndThePageSaysWhy() {
        ConsumerRecord<byte[], byte[]> record = record();
        Board board = new Board(framing());
        board.connection("");
        registry.stop(0);

        board.enter(record, TopicKind.RESULTS, true);

        assertThat(board.tick().path("unreadable").asInt()).isEqualTo(1);
        assertThat(board.tick().path("problem").asText())
                .startsWith("schema registry at 'http://127.0.0.1:")
                .endsWith("does not answer");
    }

    @Test
    void record_withoutTheOptionsOfTheRegistry_isCounted() {
        Board board = new Board(AvroFraming.singleObject());

        board.enter(record(), TopicKind.RESULTS, true);

        assertThat(board.tick().path("unreadable").asInt()).isEqualTo(1);
    }

    private AvroFraming framing() {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, "127.0.0.1:1");
        config.set(
                KafkaOptions.SCHEMA_REGISTRY_URL,
                "http://127.0.0.1:" + registry.getAddress().getPort());
        return KafkaSettings.from(config).framing();
    }

    private ConsumerRecord<byte[], byte[]> record() {
        InvocationResult result =
                SampleRecords.result(SampleRecords.source("events", 0), "e", "text", false);
        byte[] value = framing().encode(result);
        assertThat(value[0]).as("Confluent's framing").isZero();
        return new ConsumerRecord<>("results", 0, 0, new byte[0], value);
    }
}
