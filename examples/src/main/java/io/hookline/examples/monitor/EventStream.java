/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Server-sent events: what changed, once a second and when an alert comes. */
final class EventStream {
    private static final int MAX_READERS = 16;
    private static final long TICK_MILLIS = 1_000;

    private final Board board;
    private final BooleanSupplier ended;
    private final Semaphore readers = new Semaphore(MAX_READERS);

    EventStream(Board board, BooleanSupplier ended) {
        this.board = board;
        this.ended = ended;
    }

    /** Sends until the reader goes away or the monitor ends. */
    void serve(HttpExchange exchange) throws IOException {
        if (!readers.tryAcquire()) {
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            long seen = -1;
            while (!ended.getAsBoolean()) {
                out.write("event: tick\ndata: ".getBytes(StandardCharsets.UTF_8));
                out.write(Json.bytes(board.tick()));
                out.write("\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                seen = board.awaitAlert(seen, TICK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            readers.release();
        }
    }
}
