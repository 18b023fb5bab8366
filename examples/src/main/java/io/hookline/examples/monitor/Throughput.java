/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much came, second by second for the last ten minutes, and in all for each topic. */
final class Throughput {
    private static final int SECONDS = 600;
    private static final int MAX_TOPICS = 5_000;

    private final Map<Series, Ring> rings = new EnumMap<>(Series.class);
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final long firstSecond;
    private long second;

    /** What is counted. */
    private enum Series {
        EVENTS("events"),
        RECORDS("records"),
        BYTES("bytes"),
        DEAD_LETTERS("deadLetters"),
        SIGNALS("signals"),
        ALERTS("alerts");

        private final String field;

        Series(String field) {
            this.field = field;
        }
    }

    private static final class Ring {
        private final long[] counts = new long[SECONDS];
        private long total;

        void add(long second, long amount) {
            counts[(int) (second % SECONDS)] += amount;
            total += amount;
        }

        long at(long second) {
            return counts[(int) (second % SECONDS)];
        }

        void clear(long second) {
            counts[(int) (second % SECONDS)] = 0;
        }
    }

    private static final class Topic {
        private final TopicKind kind;
        private long records;
        private long bytes;
        private long skipped;

        Topic(TopicKind kind) {
            this.kind = kind;
        }
    }

    /** Counts from that time on, in epoch milliseconds. */
    Throughput(long now) {
        firstSecond = now / 1000;
        second = firstSecond;
        for (Series series : Series.values()) {
            rings.put(series, new Ring());
        }
    }

    /**
     * Counts one record.
     *
     * @param live whether it was written after the monitor's start; others count for their topic
     *     only
     */
    void count(long now, String topic, TopicKind kind, int bytes, boolean live) {
        Topic counted = topic(topic, kind);
        counted.records++;
        counted.bytes += bytes;
        if (!live) {
            return;
        }
        add(now, Series.BYTES, bytes);
        switch (kind) {
            case RESULTS -> add(now, Series.EVENTS, 1);
            case DEAD_LETTERS -> {
                add(now, Series.EVENTS, 1);
                add(now, Series.DEAD_LETTERS, 1);
            }
            case ACTIVATIONS -> add(now, Series.RECORDS, 1);
            case SIGNALS -> add(now, Series.SIGNALS, 1);
            case ALERTS -> add(now, Series.ALERTS, 1);
            case MODELS, CONTROL -> {}
        }
    }

    /** Counts records that the monitor left out because more came than it reads. */
    void skipped(String topic, TopicKind kind, long records) {
        topic(topic, kind).skipped += records;
    }

    private Topic topic(String name, TopicKind kind) {
        Topic known = topics.get(name);
        if (known == null && topics.size() >= MAX_TOPICS) {
            topics.remove(topics.keySet().iterator().next());
        }
        return topics.computeIfAbsent(name, added -> new Topic(kind));
    }

    private void add(long now, Series series, long amount) {
        advance(now);
        ring(series).add(second, amount);
    }

    private void advance(long now) {
        long to = Math.max(second, now / 1000);
        for (long s = Math.max(second + 1, to - SECONDS + 1); s <= to; s++) {
            for (Ring ring : rings.values()) {
                ring.clear(s);
            }
        }
        second = to;
    }

    private Ring ring(Series series) {
        return Optional.ofNullable(rings.get(series)).orElseThrow();
    }

    /** Totals since the start, and what the last whole seconds had on average. */
    ObjectNode summary(long now, int window) {
        advance(now);
        ObjectNode summary = Json.object();
        long seconds = Math.max(1, Math.min(window, second - firstSecond));
        for (Series series : Series.values()) {
            long sum = 0;
            for (long s = second - seconds; s < second; s++) {
                sum += s < firstSecond ? 0 : ring(series).at(s);
            }
            summary.putObject(series.field)
                    .put("total", ring(series).total)
                    .put("perSecond", (double) sum / seconds);
        }
        return summary;
    }

    /** Whole seconds as columns: epoch seconds, and a count for each series. */
    ObjectNode history(long now) {
        advance(now);
        long from = Math.max(firstSecond, second - SECONDS + 1);
        ObjectNode history = Json.object();
        ArrayNode times = history.putArray("seconds");
        for (long s = from; s < second; s++) {
            times.add(s);
        }
        for (Series series : Series.values()) {
            ArrayNode values = history.putArray(series.field);
            for (long s = from; s < second; s++) {
                values.add(ring(series).at(s));
            }
        }
        return history;
    }

    /** Every topic that had a record, by name. */
    ArrayNode topics() {
        List<Map.Entry<String, Topic>> sorted = new ArrayList<>(topics.entrySet());
        sorted.sort(Comparator.comparing(Map.Entry::getKey));
        ArrayNode array = Json.array();
        for (Map.Entry<String, Topic> entry : sorted) {
            Topic topic = entry.getValue();
            array.addObject()
                    .put("topic", entry.getKey())
                    .put("kind", topic.kind.name())
                    .put("records", topic.records)
                    .put("bytes", topic.bytes)
                    .put("skipped", topic.skipped);
        }
        return array;
    }
}
