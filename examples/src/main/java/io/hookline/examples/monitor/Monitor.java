/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.BindException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A running monitor: a reader of the topics and a page on this machine that shows what it read. It
 * belongs to no consumer group and writes nothing, so the job does not notice it.
 */
public final class Monitor implements AutoCloseable {
    private final PageServer server;
    private final TopicFeed feed;
    private final PromptLookup prompts;

    private Monitor(PageServer server, TopicFeed feed, PromptLookup prompts) {
        this.server = server;
        this.feed = feed;
        this.prompts = prompts;
    }

    /**
     * Starts to read and to serve.
     *
     * @throws IOException when the port is taken or the tokenizer cannot be read; brokers that do
     *     not answer are no error, the page says so
     */
    public static Monitor start(MonitorSettings settings) throws IOException {
        TokenNames names =
                settings.tokenizer().isPresent()
                        ? TokenNames.read(settings.tokenizer().get())
                        : TokenNames.NONE;
        Board board = new Board(settings.kafka().framing());
        PromptLookup prompts = new PromptLookup(settings.kafka());
        PageServer server = server(settings, board, documents(settings, board, names, prompts));
        TopicFeed feed =
                new TopicFeed(
                        settings.kafka().connection(),
                        new MonitoredTopics(settings.kafka()),
                        board,
                        settings.bytesPerSecond());
        feed.start();
        server.start();
        return new Monitor(server, feed, prompts);
    }

    private static PageServer server(
            MonitorSettings settings,
            Board board,
            Map<String, Function<String, Optional<? extends JsonNode>>> documents)
            throws IOException {
        try {
            return new PageServer(settings.port(), board, documents);
        } catch (BindException e) {
            throw new IOException(
                    "port %d on 127.0.0.1 is taken, --port names another"
                            .formatted(settings.port()),
                    e);
        }
    }

    private static Map<String, Function<String, Optional<? extends JsonNode>>> documents(
            MonitorSettings settings, Board board, TokenNames names, PromptLookup prompts) {
        Map<String, Function<String, Optional<? extends JsonNode>>> documents = new HashMap<>();
        documents.put("/api/throughput", always(board::throughput));
        documents.put("/api/models", always(board::models));
        documents.put("/api/control", always(board::control));
        documents.put("/api/events", always(board::events));
        documents.put("/api/pairs", always(board::pairs));
        documents.put("/api/signals", always(board::signals));
        documents.put("/api/alerts", always(board::alerts));
        documents.put("/api/dead-letters", always(board::deadLetters));
        documents.put("/api/signal", board::signal);
        documents.put("/api/event", key -> board.event(new EventKey(key)).map(names::label));
        documents.put("/api/find", id -> board.find(id).map(Monitor::found));
        documents.put(
                "/api/prompt",
                key ->
                        settings.prompts()
                                ? new EventKey(key).source().flatMap(prompts::find)
                                : Optional.empty());
        return documents;
    }

    private static Function<String, Optional<? extends JsonNode>> always(
            Supplier<? extends JsonNode> document) {
        return key -> Optional.of(document.get());
    }

    private static ObjectNode found(EventKey key) {
        return Json.object().put("key", key.text());
    }

    /** Where the page is. */
    public String address() {
        return "http://127.0.0.1:" + server.port() + "/";
    }

    /** Ends both. */
    @Override
    public void close() {
        server.close();
        feed.close();
        prompts.close();
    }
}
