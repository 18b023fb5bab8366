/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * What Flink makes the reporter with: {@code metrics.reporter.NAME.factory.class}. Beside it,
 * {@code metrics.reporter.NAME.host} is the address to listen at, by default that of the option
 * {@code hookline.metrics.host} in Flink's configuration, else 127.0.0.1; {@code
 * metrics.reporter.NAME.port} a port or a range of which the first free one is taken, by default
 * 9249-9260.
 */
public final class PrometheusReporterFactory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new PrometheusReporter();
    }
}
