/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Counters of one name that labels tell apart. Each comes into being with its first count. Labels
 * come from what users send, so only the first values have counters of their own, and all others
 * share one: nobody can make series without end. Used by one thread.
 */
public final class LabelledCounters {
    /** The value of every label of the counter that the rest share. */
    public static final String OTHERS = "others";

    private final MetricGroup group;
    private final String name;
    private final List<String> labels;
    private final int most;
    private final Map<List<String>, Counter> counters = new HashMap<>();

    /**
     * Counters in a group.
     *
     * @param most how many have values of their own
     */
    public LabelledCounters(MetricGroup group, String name, int most, String... labels) {
        this.group = group;
        this.name = name;
        this.most = most;
        this.labels = List.of(labels);
    }

    /**
     * Counts.
     *
     * @param values of the labels, in their order
     */
    public void inc(long by, String... values) {
        List<String> own = List.of(values);
        boolean room = counters.size() < most || counters.containsKey(own);
        counters.computeIfAbsent(room ? own : rest(), this::counter).inc(by);
    }

    private List<String> rest() {
        return labels.stream().map(label -> OTHERS).toList();
    }

    private Counter counter(List<String> values) {
        MetricGroup labelled = group;
        for (int i = 0; i < labels.size(); i++) {
            labelled = labelled.addGroup(labels.get(i), values.get(i));
        }
        return labelled.counter(name, new SimpleCounter());
    }
}
