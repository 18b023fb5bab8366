/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Alert;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.Signal;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.ChunkAssembler;
import io.hookline.schema.codec.SchemaException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What the monitor keeps of all topics, bounded, for one writer and any number of readers. */
final class Board {
    private static final long MAX_PENDING_BYTES = 32L << 20;
    private static final int RATE_SECONDS = 10;

    private final AvroFraming framing;
    private final ChunkAssembler chunks = new ChunkAssembler(MAX_PENDING_BYTES);
    private final Throughput throughput = new Throughput(System.currentTimeMillis());
    private final ModelShelf models = new ModelShelf();
    private final ControlShelf control = new ControlShelf();
    private final EventLog events = new EventLog();
    private final SignalLog signals = new SignalLog();
    private final AlertLog alerts = new AlertLog();
    private final DeadLetterLog deadLetters = new DeadLetterLog();
    private String problem = "not connected yet";
    private String registryProblem = "";
    private long unreadable;

    /**
     * @param framing how the job frames its records
     */
    Board(AvroFraming framing) {
        this.framing = framing;
    }

    /**
     * Takes a record.
     *
     * @param live whether it was written after the monitor's start
     */
    void enter(ConsumerRecord<byte[], byte[]> record, TopicKind kind, boolean live) {
        // Before the lock: a schema registry may have to be asked.
        enter(record, kind, live, read(record.value(), kind));
    }

    /** The record, empty when it is none. */
    private Optional<SpecificRecord> read(byte @Nullable [] value, TopicKind kind) {
        if (value == null || kind.type().isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<SpecificRecord> read = Optional.of(framing.decode(value, kind.type().get()));
            registry("");
            return read;
        } catch (UncheckedIOException e) {
            registry(String.valueOf(e.getMessage()));
            return Optional.empty();
        } catch (SchemaException | RuntimeException e) {
            // Whatever somebody wrote into a topic is counted and shown as such, and passed.
            return Optional.empty();
        }
    }

    private synchronized void registry(String problem) {
        registryProblem = problem;
    }

    private synchronized void enter(
            ConsumerRecord<byte[], byte[]> record,
            TopicKind kind,
            boolean live,
            Optional<SpecificRecord> read) {
        int bytes =
                Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        throughput.count(System.currentTimeMillis(), record.topic(), kind, bytes, live);
        try {
            if (kind == TopicKind.CONTROL) {
                control.enter(record);
            } else if (read.isPresent()) {
                enter(read.get());
            } else if (record.value() != null) {
                unreadable++;
            }
        } catch (SchemaException | RuntimeException e) {
            // A record of the right type that says what can't be.
            unreadable++;
        }
    }

    private void enter(SpecificRecord record) throws SchemaException {
        if (record instanceof InvocationResult result) {
            events.enter(result);
        } else if (record instanceof DeadLetter letter) {
            events.enter(letter);
            deadLetters.enter(letter);
        } else if (record instanceof Signal signal) {
            signals.enter(signal);
        } else if (record instanceof Alert alert) {
            alerts.enter(alert);
            notifyAll();
        } else if (record instanceof ModelDescriptor model) {
            models.enter(model);
        } else if (record instanceof ActivationRecord activation) {
            Optional<ActivationRecord> whole = chunks.add(activation);
            if (whole.isPresent()) {
                events.enter(whole.get());
            }
        }
    }

    /** Records that were left out because more came than the monitor reads. */
    synchronized void skipped(String topic, TopicKind kind, long records) {
        throughput.skipped(topic, kind, records);
    }

    /** Whether the brokers answer: an empty text, or what they did not do. */
    synchronized void connection(String problem) {
        this.problem = problem;
    }

    /**
     * Waits until an alert comes, at most that long.
     *
     * @param seen what the last call returned
     * @return grows with every alert
     */
    synchronized long awaitAlert(long seen, long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (alerts.version() == seen && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        return alerts.version();
    }

    /** What changes from second to second, and how far everything else has come. */
    synchronized ObjectNode tick() {
        long now = System.currentTimeMillis();
        ObjectNode tick =
                Json.object()
                        .put("now", now)
                        .put("problem", problem.isEmpty() ? registryProblem : problem)
                        .put("firing", alerts.firing())
                        .put("unreadable", unreadable);
        tick.set("rates", throughput.summary(now, RATE_SECONDS));
        tick.putObject("versions")
                .put("events", events.version())
                .put("signals", signals.version())
                .put("alerts", alerts.version())
                .put("deadLetters", deadLetters.version())
                .put("models", models.version())
                .put("control", control.version());
        return tick;
    }

    /** Seconds as columns, and topics. */
    synchronized ObjectNode throughput() {
        ObjectNode node = throughput.history(System.currentTimeMillis());
        node.set("topics", throughput.topics());
        return node;
    }

    synchronized JsonNode models() {
        return models.all();
    }

    synchronized JsonNode control() {
        return control.all();
    }

    synchronized JsonNode events() {
        return events.newest();
    }

    synchronized Optional<ObjectNode> event(EventKey key) {
        return events.detail(key);
    }

    synchronized Optional<EventKey> find(String eventId) {
        return events.find(eventId);
    }

    synchronized JsonNode pairs() {
        return events.pairs();
    }

    synchronized JsonNode signals() {
        return signals.all();
    }

    /** A series of a signal with the thresholds of its rules. */
    synchronized Optional<ObjectNode> signal(String key) {
        return signals.find(key).map(this::withThresholds);
    }

    /** Of rules in force; of those that were read from a file only what their alerts say. */
    private ObjectNode withThresholds(SignalLog.Name name) {
        ObjectNode series = signals.points(name);
        Map<String, ObjectNode> fired = alerts.thresholds(name.signal(), name.module());
        List<ObjectNode> inForce = control.lines(name);
        inForce.forEach(line -> fired.remove(line.path("rule").asText()));
        series.putArray("thresholds").addAll(inForce).addAll(fired.values());
        return series;
    }

    synchronized ObjectNode alerts() {
        ObjectNode node = Json.object();
        node.set("current", alerts.current());
        node.set("changes", alerts.changes());
        return node;
    }

    synchronized JsonNode deadLetters() {
        return deadLetters.all();
    }
}
