/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.DeadLetter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** The newest dead letters, and how many there were of each code. */
final class DeadLetterLog {
    private static final int MAX_LETTERS = 200;
    private static final int MAX_CODES = 100;
    private static final int MAX_TEXT = 2_000;

    private final Deque<ObjectNode> letters = new ArrayDeque<>();
    private final Map<String, Long> codes = new TreeMap<>();
    private long version;

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(DeadLetter letter) {
        version++;
        if (codes.containsKey(letter.getCode()) || codes.size() < MAX_CODES) {
            codes.merge(letter.getCode(), 1L, Long::sum);
        }
        letters.addFirst(
                Json.object()
                        .put("event", EventKey.of(letter.getSource()).text())
                        .put("code", letter.getCode())
                        .put("reason", Json.cut(letter.getReason(), MAX_TEXT))
                        .put("pointer", Json.cut(letter.getPointer(), MAX_TEXT))
                        .put("eventId", Json.cut(letter.getEventId(), MAX_TEXT))
                        .put("topic", letter.getSource().getTopic())
                        .put("partition", letter.getSource().getPartition())
                        .put("offset", letter.getSource().getOffset())
                        .put("attempts", letter.getAttempts())
                        .put("eventTime", letter.getEventTime().toEpochMilli()));
        if (letters.size() > MAX_LETTERS) {
            letters.removeLast();
        }
    }

    /** Codes with their counts, and the letters, newest first. */
    ObjectNode all() {
        ObjectNode node = Json.object();
        node.set("codes", Json.versions(codes));
        node.putArray("letters").addAll(letters);
        return node;
    }
}
