/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a reader has seen, counted: each event ends once, and has the records that it announces. */
final class Tally {
    static final String RESULTS = "results";
    static final String DEAD_LETTERS = "dead-letters";
    static final String ACTIVATIONS = "activations.";

    private static final AvroFraming READER = AvroFraming.singleObject();

    private final Set<SourceRecord> ended = new HashSet<>();
    private final Map<SourceRecord, Long> announced = new HashMap<>();
    private final Map<SourceRecord, Long> activations = new HashMap<>();
    private final Set<String> recordIds = new HashSet<>();
    private long duplicated;
    private long activationsDuplicated;
    private long deadLetters;

    /** Whether that is a topic whose records are counted. */
    static boolean counts(String topic) {
        return topic.equals(RESULTS) || topic.equals(DEAD_LETTERS) || topic.startsWith(ACTIVATIONS);
    }

    /**
     * Enters one record.
     *
     * @throws SchemaException when it is not what the topic's schema says
     */
    synchronized void enter(String topic, byte[] value) throws SchemaException {
        switch (topic) {
            case RESULTS -> {
                InvocationResult result = READER.decode(value, InvocationResult.class);
                end(result.getSource());
                announced.put(
                        result.getSource(),
                        result.getRecordCounts().values().stream().mapToLong(n -> n).sum());
            }
            case DEAD_LETTERS -> {
                deadLetters++;
                end(READER.decode(value, DeadLetter.class).getSource());
            }
            default -> enter(READER.decode(value, ActivationRecord.class));
        }
    }

    private void end(SourceRecord source) {
        if (!ended.add(source)) {
            duplicated++;
        }
    }

    private void enter(ActivationRecord record) {
        if (!recordIds.add(record.getRecordId())) {
            activationsDuplicated++;
        } else if (record.getChunkIndex() == 0) {
            activations.merge(record.getSource(), 1L, Long::sum);
        }
    }

    /** Events that have ended. */
    synchronized int ended() {
        return ended.size();
    }

    /** Events that ended without a result. */
    synchronized long deadLetters() {
        return deadLetters;
    }

    /** Results and dead letters that came for an event that had ended. */
    synchronized long duplicated() {
        return duplicated;
    }

    /** Activation records, each counted once. */
    synchronized long activations() {
        return activations.values().stream().mapToLong(n -> n).sum();
    }

    /** Activation records that a result announces and that are not there. */
    synchronized long activationsLost() {
        return announced.entrySet().stream()
                .mapToLong(
                        event ->
                                Math.max(
                                        0,
                                        event.getValue()
                                                - activations.getOrDefault(event.getKey(), 0L)))
                .sum();
    }

    /** Activation records that came again, or that no result announces. */
    synchronized long activationsDuplicated() {
        long tooMany =
                activations.entrySet().stream()
                        .mapToLong(
                                event ->
                                        Math.max(
                                                0,
                                                event.getValue()
                                                        - announced.getOrDefault(
                                                                event.getKey(), 0L)))
                        .sum();
        return activationsDuplicated + tooMany;
    }

    /** Whether that many events have ended and all of their records are here. */
    synchronized boolean isComplete(int events) {
        return ended.size() >= events && activationsLost() == 0;
    }
}
