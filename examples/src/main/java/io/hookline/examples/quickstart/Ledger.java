/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Alert;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import io.hookline.schema.codec.TensorCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What came out of the topics, counted, and every record seen twice. */
final class Ledger {
    static final String RESULTS = "results";
    static final String DEAD_LETTERS = "dead-letters";
    static final String MODELS = "models";
    static final String SIGNALS = "signals";
    static final String ALERTS = "alerts";
    private static final String ACTIVATIONS = "activations.";

    private static final AvroFraming READER = AvroFraming.singleObject();

    private final Map<String, Totals> topics = new TreeMap<>();
    private final Map<String, Long> activations = new TreeMap<>();
    private final Map<SourceRecord, InvocationResult> results = new HashMap<>();
    private final Map<SourceRecord, DeadLetter> deadLetters = new LinkedHashMap<>();
    private final Set<String> recordIds = new HashSet<>();
    private final Set<String> signals = new HashSet<>();
    private final Map<String, Long> seen = new HashMap<>();
    private final AlertTally alerts = new AlertTally();
    private final Map<String, Map<String, float[]>> norms = new HashMap<>();
    private final Map<String, float[]> embeddings = new LinkedHashMap<>();
    private long announced;
    private long begun;
    private long chunks;
    private long duplicates;

    /** Records and bytes of keys and values of one topic. */
    record Totals(long records, long bytes) {
        Totals plus(Totals other) {
            return new Totals(records + other.records, bytes + other.bytes);
        }
    }

    /** Whether that is a topic that the job writes. */
    static boolean isOutput(String topic) {
        return topic.equals(RESULTS)
                || topic.equals(DEAD_LETTERS)
                || topic.equals(MODELS)
                || topic.equals(SIGNALS)
                || topic.equals(ALERTS)
                || topic.startsWith(ACTIVATIONS);
    }

    /**
     * Enters one record.
     *
     * @throws SchemaException when it is not what the topic's schema says
     */
    void enter(ConsumerRecord<String, byte[]> record) throws SchemaException {
        int bytes = record.value().length + record.key().length();
        topics.merge(record.topic(), new Totals(1, bytes), Totals::plus);
        switch (record.topic()) {
            case RESULTS -> {
                InvocationResult result = READER.decode(record.value(), InvocationResult.class);
                if (once(results.put(result.getSource(), result) == null)) {
                    seen.put(result.getEventId(), System.nanoTime());
                    announced += result.getRecordCounts().values().stream().mapToLong(n -> n).sum();
                }
            }
            case DEAD_LETTERS -> {
                DeadLetter letter = READER.decode(record.value(), DeadLetter.class);
                once(deadLetters.put(letter.getSource(), letter) == null);
            }
            case MODELS -> {}
            case SIGNALS -> {
                Signal signal = READER.decode(record.value(), Signal.class);
                once(signals.add(signal.getRecordId()));
            }
            case ALERTS -> {
                Alert alert = READER.decode(record.value(), Alert.class);
                once(alerts.enter(alert, System.nanoTime()));
            }
            default -> enter(READER.decode(record.value(), ActivationRecord.class));
        }
    }

    /** A record too large for one message comes in chunks, each with an id of its own. */
    private void enter(ActivationRecord record) throws SchemaException {
        once(recordIds.add(record.getRecordId()));
        if (record.getChunkIndex() == 0) {
            begun++;
            chunks += record.getChunkCount();
            activations.merge(record.getModulePath(), 1L, Long::sum);
        }
        if (record.getCache().equals(Messages.NORMS)) {
            norms.computeIfAbsent(record.getEventId(), event -> new HashMap<>())
                    .put(record.getModulePath(), TensorCodec.floats(record.getTensor()));
        }
        if (record.getCache().equals(Messages.EMBEDDING)) {
            embeddings.put(record.getEventId(), TensorCodec.floats(record.getTensor()));
        }
    }

    private boolean once(boolean isNew) {
        if (!isNew) {
            duplicates++;
        }
        return isNew;
    }

    /**
     * Whether so many events have ended and every record that their results announce is here. A
     * transaction becomes visible partition by partition, so a result may come before its records.
     */
    boolean isComplete(int events) {
        return ended() >= events && begun >= announced && recordIds.size() >= chunks;
    }

    /** Whether nothing is missing, nothing is too much and nothing came twice. */
    boolean accountsFor(int events) {
        return ended() == events
                && begun == announced
                && recordIds.size() == chunks
                && duplicates == 0;
    }

    /** Events that have ended, well or not. */
    int ended() {
        return results.size() + deadLetters.size();
    }

    int results() {
        return results.size();
    }

    List<DeadLetter> deadLetters() {
        return List.copyOf(deadLetters.values());
    }

    /** The alerts so far. */
    AlertTally alerts() {
        return alerts;
    }

    /** When the result of that event was seen, as {@link System#nanoTime} counts. */
    OptionalLong seen(String event) {
        Long nanos = seen.get(event);
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Records that came a second time. */
    long duplicates() {
        return duplicates;
    }

    /** Activation records so far. */
    long records() {
        return begun;
    }

    /** Activation records by module path. */
    Map<String, Long> activations() {
        return activations;
    }

    /** Totals by topic, topics that have no record left out. */
    Map<String, Totals> topics() {
        return topics;
    }

    /** The norm at every token of an event's prompt, by module path; empty when not recorded. */
    Map<String, float[]> norms(String event) {
        return norms.getOrDefault(event, Map.of());
    }

    /** The mean last hidden state by event, where one was recorded. */
    Map<String, float[]> embeddings() {
        return embeddings;
    }

    /** What an event's prompt was continued with, or nothing when it has no result. */
    String continuation(String event) {
        return results.values().stream()
                .filter(result -> result.getEventId().equals(event))
                .map(result -> result.getInvocations().get(0).getText())
                .findFirst()
                .orElse("");
    }
}
