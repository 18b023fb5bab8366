/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The page and its documents over HTTP, on the loopback address only. */
final class PageServer implements AutoCloseable {
    private static final int MAX_THREADS = 32;
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";
    private static final Map<String, String> SECURITY =
            Map.of(
                    "Content-Security-Policy", POLICY,
                    "X-Content-Type-Options", "nosniff",
                    "X-Frame-Options", "DENY",
                    "Referrer-Policy", "no-referrer",
                    "Cross-Origin-Opener-Policy", "same-origin",
                    "Cross-Origin-Resource-Policy", "same-origin",
                    "Cache-Control", "no-store");

    private final HttpServer server;
    private final ExecutorService threads;
    private final RequestGuard guard;
    private final Assets assets = new Assets();
    private final Map<String, Function<String, Optional<? extends JsonNode>>> documents;
    private final EventStream stream;
    private volatile boolean closed;

    /**
     * A server that has not begun to answer.
     *
     * @param port 0 for any free one
     * @param documents by their path; the argument is the text after {@code ?key=}
     * @throws IOException when the port is taken
     */
    PageServer(
            int port,
            Board board,
            Map<String, Function<String, Optional<? extends JsonNode>>> documents)
            throws IOException {
        this.documents = documents;
        this.stream = new EventStream(board, () -> closed);
        server = HttpServer.create(new InetSocketAddress(loopback(), port), 0);
        guard = new RequestGuard(server.getAddress().getPort());
        threads =
                new ThreadPoolExecutor(
                        0,
                        MAX_THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        PageServer::thread,
                        new ThreadPoolExecutor.AbortPolicy());
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "monitor-http");
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            SECURITY.forEach(headers::set);
            String refusal =
                    guard.refusal(exchange.getRequestMethod(), exchange.getRequestHeaders());
            if (!refusal.isEmpty()) {
                send(exchange, 403, "text/plain; charset=utf-8", text(refusal));
            } else {
                answer(exchange, exchange.getRequestURI().getPath());
            }
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        Optional<Assets.Asset> asset = assets.find(path);
        if (asset.isPresent()) {
            send(exchange, 200, asset.get().type(), asset.get().content());
        } else if (path.equals("/api/stream")) {
            stream.serve(exchange);
        } else {
            document(exchange, path);
        }
    }

    private void document(HttpExchange exchange, String path) throws IOException {
        Function<String, Optional<? extends JsonNode>> source = documents.get(path);
        Optional<? extends JsonNode> found =
                source == null ? Optional.empty() : source.apply(key(exchange));
        if (found.isPresent()) {
            send(exchange, 200, "application/json", Json.bytes(found.get()));
        } else {
            send(exchange, 404, "text/plain; charset=utf-8", text("there is nothing here"));
        }
    }

    private static String key(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        try {
            return query != null && query.startsWith("key=")
                    ? URLDecoder.decode(query.substring("key=".length()), StandardCharsets.UTF_8)
                    : "";
        } catch (IllegalArgumentException e) {
            // No encoding of anything, so the name of nothing.
            return "";
        }
    }

    private static byte[] text(String said) {
        return said.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] content)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, content.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(content);
        }
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
        threads.shutdownNow();
    }
}
