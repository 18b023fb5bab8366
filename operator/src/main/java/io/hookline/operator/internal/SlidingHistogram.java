/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.Arrays;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;

/** A histogram of the newest values, which it shows divided by a number. */
final class SlidingHistogram implements Histogram {
    private final long[] window;
    private final long unit;
    private long count;

    SlidingHistogram(int window) {
        this(window, 1);
    }

    /**
     * @param unit what values are divided by, so that they may be told more finely than shown
     */
    SlidingHistogram(int window, long unit) {
        this.window = new long[window];
        this.unit = unit;
    }

    @Override
    public synchronized void update(long value) {
        window[(int) (count % window.length)] = value;
        count++;
    }

    @Override
    public synchronized long getCount() {
        return count;
    }

    @Override
    public synchronized HistogramStatistics getStatistics() {
        long[] values = Arrays.copyOf(window, (int) Math.min(count, window.length));
        Arrays.sort(values);
        return new Snapshot(values, unit);
    }

    private static final class Snapshot extends HistogramStatistics {
        private final long[] sorted;
        private final long unit;

        private Snapshot(long[] sorted, long unit) {
            this.sorted = sorted;
            this.unit = unit;
        }

        @Override
        public double getQuantile(double quantile) {
            if (sorted.length == 0) {
                return 0;
            }
            double rank = quantile * (sorted.length - 1);
            int below = (int) rank;
            int above = Math.min(below + 1, sorted.length - 1);
            return (sorted[below] + (rank - below) * (sorted[above] - sorted[below])) / unit;
        }

        @Override
        public long[] getValues() {
            return Arrays.stream(sorted).map(value -> value / unit).toArray();
        }

        @Override
        public int size() {
            return sorted.length;
        }

        @Override
        public double getMean() {
            return Arrays.stream(sorted).average().orElse(0) / unit;
        }

        @Override
        public double getStdDev() {
            double mean = getMean() * unit;
            double squares = Arrays.stream(sorted).mapToDouble(v -> (v - mean) * (v - mean)).sum();
            return sorted.length < 2 ? 0 : Math.sqrt(squares / (sorted.length - 1)) / unit;
        }

        @Override
        public long getMax() {
            return sorted.length == 0 ? 0 : sorted[sorted.length - 1] / unit;
        }

        @Override
        public long getMin() {
            return sorted.length == 0 ? 0 : sorted[0] / unit;
        }
    }
}
