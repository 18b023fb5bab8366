/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The newest values of each signal at each hook point. */
final class SignalLog {
    private static final int MAX_SERIES = 400;
    private static final int POINTS = 1_000;
    private static final int MAX_NAME = 200;

    private final LinkedHashMap<Name, Points> series = new LinkedHashMap<>(MAX_SERIES, 0.75f, true);
    private long version;

    /** What tells one series from another. */
    record Name(String signal, String kind, String module, String io, int index, String stage) {
        static Name of(Signal signal) {
            return new Name(
                    Json.cut(signal.getName(), MAX_NAME),
                    Json.cut(signal.getKind(), MAX_NAME),
                    Json.cut(signal.getModulePath(), MAX_NAME),
                    signal.getIo(),
                    signal.getIndex(),
                    signal.getStage());
        }

        /** A text that names the series in an address. */
        String key() {
            return String.join("|", signal, kind, module, io, Integer.toString(index), stage);
        }
    }

    /** A ring. */
    private static final class Points {
        private final long[] times = new long[POINTS];
        private final double[] values = new double[POINTS];
        private final String[] events = new String[POINTS];
        private final String[] ids = new String[POINTS];
        private long written;

        void add(Signal signal) {
            int at = (int) (written++ % POINTS);
            times[at] = signal.getEventTime().toEpochMilli();
            values[at] = signal.getValue();
            events[at] = EventKey.of(signal.getSource()).text();
            ids[at] = Json.cut(signal.getEventId(), MAX_NAME);
        }

        double last() {
            return values[(int) ((written - 1) % POINTS)];
        }

        void write(ObjectNode node) {
            ArrayNode timeColumn = node.putArray("times");
            ArrayNode valueColumn = node.putArray("values");
            ArrayNode eventColumn = node.putArray("events");
            ArrayNode idColumn = node.putArray("ids");
            for (int at : inOrder()) {
                timeColumn.add(times[at]);
                valueColumn.add(values[at]);
                eventColumn.add(events[at]);
                idColumn.add(ids[at]);
            }
        }

        private List<Integer> inOrder() {
            List<Integer> order = new ArrayList<>();
            for (long n = Math.max(0, written - POINTS); n < written; n++) {
                order.add((int) (n % POINTS));
            }
            order.sort(Comparator.comparingLong(at -> times[at]));
            return order;
        }
    }

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(Signal signal) {
        version++;
        series.computeIfAbsent(Name.of(signal), added -> new Points()).add(signal);
        if (series.size() > MAX_SERIES) {
            series.remove(series.keySet().iterator().next());
        }
    }

    /** Every series with its newest value, by signal and module. */
    ArrayNode all() {
        List<Map.Entry<Name, Points>> sorted = new ArrayList<>(series.entrySet());
        sorted.sort(
                Comparator.comparing((Map.Entry<Name, Points> entry) -> entry.getKey().signal())
                        .thenComparing(entry -> entry.getKey().module())
                        .thenComparing(entry -> entry.getKey().key()));
        ArrayNode array = Json.array();
        sorted.forEach(entry -> describe(entry.getKey(), entry.getValue(), array.addObject()));
        return array;
    }

    /** The series that a key names. */
    Optional<Name> find(String key) {
        return series.keySet().stream().filter(name -> name.key().equals(key)).findFirst();
    }

    /** A series that there is, with its points in the order of event time. */
    ObjectNode points(Name name) {
        ObjectNode node = Json.object();
        Points points = Optional.ofNullable(series.get(name)).orElseThrow();
        describe(name, points, node);
        points.write(node);
        return node;
    }

    private static void describe(Name name, Points points, ObjectNode node) {
        node.put("key", name.key())
                .put("signal", name.signal())
                .put("kind", name.kind())
                .put("module", name.module())
                .put("io", name.io())
                .put("stage", name.stage())
                .put("count", points.written)
                .put("last", points.last());
    }
}
