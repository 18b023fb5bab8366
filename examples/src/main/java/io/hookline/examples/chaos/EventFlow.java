/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Events at a steady rate, on a thread of its own. The producer is idempotent and does not give up:
 * each event is in its topic once, whatever happens to the broker.
 */
final class EventFlow implements AutoCloseable {
    private static final int NEVER_MS = 3_600_000;
    private static final int MAX_BLOCK_MS = 300_000;
    private static final int GENERATES = 3;
    private static final List<String> PROMPTS =
            List.of(
                    "Ticket from Anna: Hello, my blue kettle",
                    "Ticket from Hugo: I am furious! The lamp",
                    "Ticket from Lena: Thank you, the chair",
                    "Ticket from Omar: The red bicycle arrived");

    private final String topic;
    private final KafkaProducer<String, String> producer;
    private final Thread thread;
    private final long intervalNanos;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean ending;
    private int sent;

    /** A flow into a topic that is there. */
    EventFlow(String brokers, String topic, int perSecond) {
        this.topic = topic;
        this.intervalNanos = 1_000_000_000L / perSecond;
        StringSerializer text = new StringSerializer();
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, NEVER_MS,
                                ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS),
                        text,
                        text);
        this.thread = new Thread(this::flow, "events");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void flow() {
        try {
            long next = System.nanoTime();
            while (!ending) {
                next += intervalNanos;
                LockSupport.parkNanos(next - System.nanoTime());
                send();
            }
            producer.flush();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    /** The callback says what became of it. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send() {
        String id = "event-" + sent;
        ProducerRecord<String, String> event = new ProducerRecord<>(topic, id, event(id, sent));
        sent++;
        producer.send(
                event,
                (where, failed) -> {
                    if (failed == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, failed);
                    }
                });
    }

    private static String event(String id, int number) {
        String generate = number % GENERATES == 0 ? ", \"generate\": {\"max_new_tokens\": 6}" : "";
        return """
               {"id": "%s", "invocations": [{"prompt": "%s"}],
                "cache": [{"modules": ["model.model.layers.0", "model.model.layers.1.mlp", "model.lm_head"], "tokens": "last"}]%s}"""
                .formatted(id, PROMPTS.get(number % PROMPTS.size()), generate);
    }

    /** Events that the broker has. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Stops and returns how many events the broker has, all of which it has acknowledged. */
    int end() throws IOException, InterruptedException {
        ending = true;
        thread.join();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException("events can't be sent: " + failed.getMessage(), failed);
        }
        return acknowledged.get();
    }

    @Override
    public void close() {
        ending = true;
        producer.close(Duration.ZERO);
    }
}
