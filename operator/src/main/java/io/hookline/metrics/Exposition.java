/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * All metrics of a process as a text that Prometheus reads. Names and labels are those of Flink's
 * own reporter: {@code flink_}, the logical scope and the metric's name; variables of the scope as
 * labels. Safe for use by several threads.
 */
final class Exposition {
    private static final CharacterFilter FILTER = name -> name.replaceAll("[^a-zA-Z0-9:_]", "_");
    private static final double[] QUANTILES = {0.5, 0.75, 0.95, 0.98, 0.99, 0.999};

    private final IdentityHashMap<Metric, Series> series = new IdentityHashMap<>();

    /**
     * One metric of one scope.
     *
     * @param labels written out, without braces
     */
    private record Series(Metric metric, String family, String labels) {
        String type() {
            return switch (metric.getMetricType()) {
                case COUNTER, GAUGE, METER -> "gauge";
                case HISTOGRAM -> "summary";
            };
        }

        /** Whether there is a number to show. */
        boolean hasNumber() {
            return !(metric instanceof Gauge<?> gauge)
                    || gauge.getValue() instanceof Number
                    || gauge.getValue() instanceof Boolean;
        }

        void write(StringBuilder out) {
            if (metric instanceof Counter counter) {
                line(out, "", "", (double) counter.getCount());
            } else if (metric instanceof Meter meter) {
                line(out, "", "", meter.getRate());
            } else if (metric instanceof Histogram histogram) {
                write(out, histogram);
            } else if (metric instanceof Gauge<?> gauge) {
                line(out, "", "", number(gauge.getValue()));
            }
        }

        private void write(StringBuilder out, Histogram histogram) {
            HistogramStatistics statistics = histogram.getStatistics();
            for (double quantile : QUANTILES) {
                line(out, "", "quantile=\"" + quantile + "\"", statistics.getQuantile(quantile));
            }
            line(out, "_count", "", (double) histogram.getCount());
        }

        private void line(StringBuilder out, String suffix, String more, double value) {
            String all = labels.isEmpty() || more.isEmpty() ? labels + more : labels + "," + more;
            out.append(family).append(suffix);
            if (!all.isEmpty()) {
                out.append('{').append(all).append('}');
            }
            out.append(' ').append(text(value)).append('\n');
        }
    }

    synchronized void add(Metric metric, String name, MetricGroup group) {
        String scope = LogicalScopeProvider.castFrom(group).getLogicalScope(FILTER, '_');
        String family = "flink_" + FILTER.filterCharacters(scope + "_" + name);
        String labels =
                new TreeMap<>(group.getAllVariables())
                        .entrySet().stream()
                                .map(
                                        variable ->
                                                "%s=\"%s\""
                                                        .formatted(
                                                                label(variable.getKey()),
                                                                escape(variable.getValue())))
                                .collect(Collectors.joining(","));
        series.put(metric, new Series(metric, family, labels));
    }

    synchronized void remove(Metric metric) {
        series.remove(metric);
    }

    /** The text; a metric that fails to tell its value is left out. */
    synchronized String text() {
        Map<String, StringBuilder> families = new TreeMap<>();
        for (Series one : series.values()) {
            try {
                if (one.hasNumber()) {
                    one.write(families.computeIfAbsent(one.family(), family -> head(family, one)));
                }
            } catch (RuntimeException e) {
                // A gauge of a task that is just ending; the next scrape will know.
            }
        }
        return String.join("", families.values());
    }

    private static StringBuilder head(String family, Series one) {
        return new StringBuilder("# TYPE ")
                .append(family)
                .append(' ')
                .append(one.type())
                .append('\n');
    }

    private static double number(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        return ((Number) value).doubleValue();
    }

    private static String text(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return Double.toString(value);
    }

    private static String label(String variable) {
        return FILTER.filterCharacters(variable.replaceAll("^<|>$", "")).replace(':', '_');
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
